"""The mesh's own certificate authority: what its issuer makes, and the Secret istiod signs with.

Asks ``trust`` which generations there are, what the Secret holds, whether the step is free by now, and when what
was made ends.
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
    """plan: generations and who signs. namespace: istiod's. protect: keeps the keys that sign from being deleted.

    clock: this moment, with a time zone.
    previous: the output ``certificates`` of the last ``up``; a step that skips a phase or comes too early is refused
    before ``cacerts``.
    issuer: who makes keys and certificates.
    """

    plan: trust.TrustPlan
    namespace: pulumi.Input[str]
    protect: bool
    clock: Callable[[], datetime.datetime]
    previous: pulumi.Input[dict[str, Any] | None] = None
    issuer: Issuer = field(default_factory=tls_issuer.TlsIssuer)


class CertificateAuthority(pulumi.ComponentResource):
    """What ``issuer`` makes of the plan, and ``cacerts``.

    cacerts: Secret that istiod mounts; has to exist before the first istiod starts, or istiod makes its own root.
    root_fingerprints: of every trusted root by ascending number, see ``trust.fingerprint``.
    certificates: phase, numbers, dates and moments, see ``trust.recorded``; no key. Only the moments wait.
    """

    cacerts: kubernetes.core.v1.Secret
    root_fingerprints: pulumi.Output[list[str]]
    certificates: dict[str, Any]

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
            # What is in it, for whoever reads the state or the cluster: an `up` that fails later may put nothing out.
            metadata={
                "name": names.CA_SECRET,
                "namespace": args.namespace,
                "annotations": {trust.HELD: trust.held(plan)},
            },
            type="Opaque",
            string_data=bundle,
            opts=pulumi.ResourceOptions(parent=self),
        )
        # One by one: in a preview an old root is known beside an intermediate that is still to be made.
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
        """Tell of the end of one certificate when it is near; in a preview, of one that an earlier ``up`` made."""
        try:
            [certificate] = trust.parsed(pem)
        except ValueError:
            # What is wrong with it, ``cacerts`` is refused for.
            return
        for warning in trust.warnings(plan, now.date(), trust.Made(certificates={key: certificate}, complete=True)):
            pulumi.log.warn(warning, self)

    def _since(
        self, previous: pulumi.Output[Any], plan: trust.TrustPlan, clock: Callable[[], datetime.datetime]
    ) -> pulumi.Output[dict[str, str]]:
        """The clock is read when the Secret is written: an `up` may take half an hour to come this far."""
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
