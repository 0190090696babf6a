"""A stand-in for the tls provider that really makes keys and certificates, and keeps them from one `up` to the next."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs

from components import trust
from components.settings import names
from components.trust.component import CertificateAuthority, CertificateAuthorityArgs
from local.providers.tls.provider import outputs
from ops.offline import document, recorder
from ops.offline.monitor import ENVELOPE_KEY, SECRET_ENVELOPE, Monitor
from tests.support.unit.recorded import Stack


@dataclass
class Cluster:
    """A certificate authority over several `up`s: what is made stays until its inputs change or it is dropped.

    refuses: whether steps are held against the last outputs.
    now: validity of what an `up` makes begins here.
    cacerts: data of the Secret as last applied.
    outputs: what the last `up` that finished put out.
    """

    now: datetime.datetime
    cacerts: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    refuses: bool = False
    _state: dict[tuple[str, str], tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def up(self, plan: trust.TrustPlan, *, protect: bool = False) -> Stack:
        """Apply the component as it is, with real certificates in place of the provider's, and export its outputs."""
        self._seen.clear()
        args = CertificateAuthorityArgs(
            plan=plan,
            namespace=names.ISTIO_SYSTEM,
            protect=protect,
            clock=lambda: self.now,
            previous=self.outputs.get("certificates") if self.refuses else None,
        )

        def program() -> None:
            made = CertificateAuthority("certificate-authority", args)
            pulumi.export("rootCertificateFingerprints", made.root_fingerprints)
            pulumi.export("certificates", made.certificates)

        recording = recorder.record_program(program, "test", {}, answers=self)
        self._state = {key: made for key, made in self._state.items() if key in self._seen}
        stack = Stack(document.build(recording))
        self.outputs = stack.outputs
        return stack

    def resource(self, args: MockResourceArgs, monitor: Monitor) -> tuple[str, dict[str, Any]]:
        key = (args.typ, args.name)
        self._seen.add(key)
        inputs = revealed(args.inputs)
        if args.typ == "kubernetes:core/v1:Secret":
            self.cacerts = inputs["stringData"]
        if not args.typ.startswith("tls:"):
            return args.name, args.inputs
        if self._state.get(key, (None,))[0] != inputs:
            self._state[key] = (inputs, outputs(args.typ, inputs, self.now))
        return args.name, args.inputs | self._state[key][1]

    def invoke(self, args: MockCallArgs) -> dict[str, Any]:
        raise NotImplementedError(args.token)


def revealed(value: Any) -> Any:
    """A value without the envelopes of its secrets."""
    if isinstance(value, Mapping):
        if value.get(ENVELOPE_KEY) == SECRET_ENVELOPE:
            return revealed(value["value"])
        return {key: revealed(each) for key, each in value.items()}
    return [revealed(each) for each in value] if isinstance(value, list) else value
