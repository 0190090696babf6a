"""The mesh's own certificate authority: the issuer's resources, and the Secret that istiod signs with.

Uses ``trust`` for the generations, the content of the Secret, the check of the step, and the warnings before expiry.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from .. import trust
from ..settings import names
from ..settings.problems import report
from . import component_tls_issuer as tls_issuer
from .component_issuer import Issued, Issuer


@dataclass(frozen=True, kw_only=True)
class CertificateAuthorityArgs:
    """Arguments of CertificateAuthority."""

    plan: trust.TrustPlan
    """Generations, and the ones that sign."""
    namespace: pulumi.Input[str]
    """Namespace of istiod."""
    protect: bool
    """Whether the signing keys are protected from deletion."""
    clock: Callable[[], datetime.datetime]
    """Returns the current time, with a time zone."""
    previous: pulumi.Input[dict[str, Any] | None] = None
    """Output ``certificates`` of the last ``up``; a step that skips a phase or comes too early is refused."""
    issuer: Issuer = field(default_factory=tls_issuer.TlsIssuer)
    """Creates keys and certificates."""


class CertificateAuthority(pulumi.ComponentResource):
    """Keys and certificates of the plan, and the Secret ``cacerts``."""

    cacerts: kubernetes.core.v1.Secret
    """Secret that istiod mounts; it must exist before the first istiod starts, or istiod creates its own root."""
    root_fingerprints: pulumi.Output[list[str]]
    """Fingerprints of every trusted root by ascending number (``trust.fingerprint``)."""
    certificates: dict[str, Any]
    """Phase, numbers, dates and times, without keys (``trust.recorded``). Only the times are outputs."""

    def __init__(self, name: str, args: CertificateAuthorityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        plan = args.plan
        super().__init__(
            "istio-eks:trust:CertificateAuthority",
            name,
            {"certificates": trust.state(plan), "organization": plan.organization, "protect": args.protect},
            opts,
        )
        previous = pulumi.Output.from_input(args.previous)
        issued = args.issuer(name, plan, protect=args.protect, parent=self)

        allowed = previous.apply(lambda state: _refuse(state, plan, args.clock()))
        bundle = pulumi.Output.all(allowed, _bundle(issued)).apply(lambda both: both[1])
        self.cacerts = kubernetes.core.v1.Secret(
            f"{name}-{names.CA_SECRET}",
            # The annotation records the generations in state and cluster: an `up` that fails later may set no outputs.
            metadata={
                "name": names.CA_SECRET,
                "namespace": args.namespace,
                "annotations": {trust.HELD: trust.held(plan)},
            },
            type="Opaque",
            string_data=bundle,
            opts=pulumi.ResourceOptions(parent=self),
        )
        # Separately: in a preview an existing root is known, although a new intermediate does not exist yet.
        issued.signing_root.apply(lambda pem: self._warn(plan, ("root", plan.signing.root), pem, args.clock()))
        issued.certificate.apply(
            lambda pem: self._warn(plan, ("intermediate", plan.signing.intermediate), pem, args.clock())
        )
        self.root_fingerprints = pulumi.Output.all(*issued.roots).apply(
            lambda pems: [trust.fingerprint(pem) for pem in pems]
        )
        self.certificates = {**trust.state(plan), "since": self._since(previous, plan, args.clock)}
        self.register_outputs({"rootFingerprints": self.root_fingerprints, "certificates": self.certificates})

    def _warn(self, plan: trust.TrustPlan, key: tuple[str, int], pem: str, now: datetime.datetime) -> None:
        """Warn before one certificate expires; in a preview, only of certificates that exist."""
        try:
            [certificate] = trust.parsed(pem)
        except ValueError:
            # ``trust.cacerts`` refuses it with a message.
            return
        for warning in trust.warnings(plan, now.date(), trust.Made(certificates={key: certificate}, complete=True)):
            pulumi.log.warn(warning, self)

    def _since(
        self, previous: pulumi.Output[Any], plan: trust.TrustPlan, clock: Callable[[], datetime.datetime]
    ) -> pulumi.Output[dict[str, str]]:
        """Return the recorded times; the clock is read after the Secret is written, maybe half an hour into an `up`."""
        written = pulumi.Output.all(previous, self.cacerts.id)
        return written.apply(lambda both: dict(trust.recorded(both[0], plan, clock())["since"]))


def _bundle(issued: Issued) -> pulumi.Output[dict[str, str]]:
    return pulumi.Output.all(
        certificate=issued.certificate, key=issued.key, signing_root=issued.signing_root, roots=issued.roots
    ).apply(lambda pems: trust.cacerts(**pems))


def _refuse(previous: dict[str, Any] | None, plan: trust.TrustPlan, now: datetime.datetime) -> None:
    problems = trust.skipped(previous, plan, now)
    if problems:
        raise pulumi.RunError(report("The step from the last `up`", problems, "cacerts was not touched"))
