"""Keys and certificates made by Pulumi's tls provider, kept in the stack's state."""

import pulumi
import pulumi_tls as tls

from .. import trust
from .component_issuer import Issued


class TlsIssuer:
    """A key and a certificate per listed root, a key per listed intermediate, a certificate per pair of them.

    Validity starts with the `up` that makes a certificate. Early renewal is not used: a new certificate is a new
    generation, so that the one before it stays to go back to.
    """

    keeping = trust.IN_STATE

    def __call__(self, name: str, plan: trust.TrustPlan, *, protect: bool, parent: pulumi.Resource) -> Issued:
        """Register all of them below ``parent``."""
        return _Making(name, plan, protect, parent).everything()


class _Making:
    """One plan on its way into resources; asks ``trust`` for everything but the random bits."""

    def __init__(self, name: str, plan: trust.TrustPlan, protect: bool, parent: pulumi.Resource) -> None:
        self._name, self._plan, self._protect, self._parent = name, plan, protect, parent

    def everything(self) -> Issued:
        plan = self._plan
        root_keys = {each.number: self._key("root", each) for each in plan.roots}
        roots = {each.number: self._root(each, root_keys[each.number]) for each in plan.roots}
        keys = {each.number: self._key("intermediate", each) for each in plan.intermediates}
        requests = {each.number: self._request(each, keys[each.number]) for each in plan.intermediates}
        signed = {
            pair: self._signed(pair, requests[pair.intermediate], roots[pair.root], root_keys[pair.root])
            for pair in plan.pairs
        }
        return Issued(
            certificate=signed[plan.signing].cert_pem,
            key=_pem(keys[plan.signing.intermediate]),
            signing_root=roots[plan.signing.root].cert_pem,
            roots=[roots[each.number].cert_pem for each in plan.roots],
        )

    def _key(self, kind: str, authority: trust.Authority) -> tls.PrivateKey:
        # Protection follows signing: the `up` that lets another generation sign lifts it, a later one drops the key.
        protect = self._protect and authority.signs
        return tls.PrivateKey(
            f"{self._name}-{kind}-{authority.number}",
            algorithm=trust.ALGORITHM,
            ecdsa_curve=trust.CURVE,
            opts=pulumi.ResourceOptions(parent=self._parent, protect=protect),
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
            opts=pulumi.ResourceOptions(parent=self._parent),
        )

    def _named_once(self) -> pulumi.ResourceOptions:
        # A new trust domain renames workloads. Made anew under another name, a root would break every chain at once.
        return pulumi.ResourceOptions(parent=self._parent, ignore_changes=["subject"])


def _pem(key: tls.PrivateKey) -> pulumi.Output[str]:
    """The engine marks a key as secret, the SDK alone does not; whatever is made from it is then secret too."""
    return pulumi.Output.secret(key.private_key_pem)
