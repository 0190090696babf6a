"""The mesh's own certificate authority: keys and certificates in the stack's state, and the Secret istiod signs with.

Asks ``design.trust`` for everything but the random bits.
"""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_tls as tls

from design import names, trust
from design.problems import report


@dataclass(frozen=True, kw_only=True)
class CertificateAuthorityArgs:
    """plan: generations and who signs. namespace: istiod's. protect: keeps the keys that sign from being deleted.

    previous: the output ``certificates`` of the last ``up``; a step that skips a phase is refused before ``cacerts``.
    """

    plan: trust.TrustPlan
    namespace: pulumi.Input[str]
    protect: bool
    previous: pulumi.Input[dict[str, Any] | None] = None


class CertificateAuthority(pulumi.ComponentResource):
    """A key and a certificate per listed root, a key per listed intermediate, a certificate per pair of them.

    cacerts: Secret that istiod mounts; has to exist before the first istiod starts, or istiod makes its own root.
    root_fingerprints: of every trusted root by ascending number, see ``design.trust.fingerprint``.
    certificates: phase, numbers and dates, see ``design.trust.state``; no key.

    Validity starts with the `up` that makes a certificate. Early renewal is not used: a new certificate is a new
    generation, so that the one before it stays to go back to.
    """

    cacerts: kubernetes.core.v1.Secret
    root_fingerprints: pulumi.Output[list[str]]
    certificates: pulumi.Output[dict[str, Any]]

    def __init__(self, name: str, args: CertificateAuthorityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        plan = args.plan
        super().__init__(
            "istio-eks:certificate_authority:CertificateAuthority",
            name,
            {"certificates": trust.state(plan), "organization": plan.organization, "protect": args.protect},
            opts,
        )
        self._name, self._plan = name, plan

        root_keys = {each.number: self._key(f"root-{each.number}", args.protect and each.signs) for each in plan.roots}
        roots = {each.number: self._root(each, root_keys[each.number]) for each in plan.roots}
        keys = {
            each.number: self._key(f"intermediate-{each.number}", args.protect and each.signs)
            for each in plan.intermediates
        }
        requests = {each.number: self._request(each, keys[each.number]) for each in plan.intermediates}
        signed = {
            pair: self._signed(pair, requests[pair.intermediate], roots[pair.root], root_keys[pair.root])
            for pair in plan.pairs
        }

        allowed = pulumi.Output.from_input(args.previous).apply(lambda state: _refuse_skipped(state, plan))
        root_pems = [roots[each.number].cert_pem for each in plan.roots]
        bundle = pulumi.Output.all(
            certificate=signed[plan.signing].cert_pem,
            key=_pem(keys[plan.signing.intermediate]),
            signing_root=roots[plan.signing.root].cert_pem,
            roots=root_pems,
        ).apply(lambda pems: trust.cacerts(**pems))
        bundle = pulumi.Output.all(allowed, bundle).apply(lambda both: both[1])
        self.cacerts = self._secret(args.namespace, bundle)
        self.root_fingerprints = pulumi.Output.all(*root_pems).apply(
            lambda pems: [trust.fingerprint(pem) for pem in pems]
        )
        self.certificates = pulumi.Output.from_input(trust.state(plan))
        self.register_outputs({"rootFingerprints": self.root_fingerprints, "certificates": self.certificates})

    def _key(self, name: str, protect: bool) -> tls.PrivateKey:
        # Protection follows signing: the `up` that lets another generation sign lifts it, a later one drops the key.
        return tls.PrivateKey(
            f"{self._name}-{name}",
            algorithm=trust.ALGORITHM,
            ecdsa_curve=trust.CURVE,
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )

    def _root(self, root: trust.Authority, key: tls.PrivateKey) -> tls.SelfSignedCert:
        return tls.SelfSignedCert(
            f"{self._name}-root-{root.number}",
            private_key_pem=_pem(key),
            subject={"common_name": root.common_name, "organization": self._plan.organization},
            is_ca_certificate=True,
            max_path_length=trust.ROOT_PATH_LENGTH,
            set_subject_key_id=True,
            set_authority_key_id=True,
            allowed_uses=list(trust.USES),
            validity_period_hours=trust.hours(trust.ROOT_LIFETIME),
            opts=self._named_once(),
        )

    def _request(self, intermediate: trust.Authority, key: tls.PrivateKey) -> tls.CertRequest:
        return tls.CertRequest(
            f"{self._name}-intermediate-{intermediate.number}",
            private_key_pem=_pem(key),
            subject={"common_name": intermediate.common_name, "organization": self._plan.organization},
            opts=self._named_once(),
        )

    def _signed(
        self, pair: trust.Pair, request: tls.CertRequest, root: tls.SelfSignedCert, root_key: tls.PrivateKey
    ) -> tls.LocallySignedCert:
        return tls.LocallySignedCert(
            f"{self._name}-root-{pair.root}-intermediate-{pair.intermediate}",
            cert_request_pem=request.cert_request_pem,
            ca_cert_pem=root.cert_pem,
            ca_private_key_pem=_pem(root_key),
            is_ca_certificate=True,
            max_path_length=trust.INTERMEDIATE_PATH_LENGTH,
            # Its authority key identifier is the root's subject key identifier without being asked for.
            set_subject_key_id=True,
            allowed_uses=list(trust.USES),
            validity_period_hours=trust.hours(trust.INTERMEDIATE_LIFETIME),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _secret(self, namespace: pulumi.Input[str], data: pulumi.Output[dict[str, str]]) -> kubernetes.core.v1.Secret:
        return kubernetes.core.v1.Secret(
            f"{self._name}-{names.CA_SECRET}",
            metadata={"name": names.CA_SECRET, "namespace": namespace},
            type="Opaque",
            string_data=data,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _named_once(self) -> pulumi.ResourceOptions:
        # A new trust domain renames workloads. Made anew under another name, a root would break every chain at once.
        return pulumi.ResourceOptions(parent=self, ignore_changes=["subject"])


def _pem(key: tls.PrivateKey) -> pulumi.Output[str]:
    """The engine marks a key as secret, the SDK alone does not; whatever is made from it is then secret too."""
    return pulumi.Output.secret(key.private_key_pem)


def _refuse_skipped(previous: dict[str, Any] | None, plan: trust.TrustPlan) -> None:
    problems = trust.skipped(previous, plan)
    if problems:
        raise pulumi.RunError(report("The step from the last `up`", problems, "cacerts was not touched"))
