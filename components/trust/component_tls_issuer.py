"""Issuer that uses Pulumi's tls provider, with keys in the stack's state."""

import pulumi
import pulumi_tls as tls

from .. import trust
from .component_issuer import Issued


class TlsIssuer:
    """Issuer of a key and a certificate per root, a key per intermediate, and a certificate per pair of them.

    Validity starts with the `up` that creates a certificate. Early renewal is not used: a new certificate is a new
    generation, so that the previous one stays available.
    """

    keeping = trust.IN_STATE

    def __call__(self, name: str, plan: trust.TrustPlan, *, protect: bool, parent: pulumi.Resource) -> Issued:
        """Register every resource below ``parent``."""
        return _Making(name, plan, protect, parent).everything()


class _Making:
    """Creation of the resources of one plan; only the random bits do not come from ``trust``."""

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
        # Only signing keys are protected: the `up` that lets another generation sign lifts the protection, and a later
        # one may drop the key.
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
            # The provider sets the authority key identifier to the root's subject key identifier by itself.
            set_subject_key_id=True,
            allowed_uses=list(trust.USES),
            validity_period_hours=trust.hours(trust.INTERMEDIATE_LIFETIME),
            opts=pulumi.ResourceOptions(parent=self._parent),
        )

    def _named_once(self) -> pulumi.ResourceOptions:
        # A new trust domain must not change the subject: a root recreated with another name would break every chain.
        return pulumi.ResourceOptions(parent=self._parent, ignore_changes=["subject"])


def _pem(key: tls.PrivateKey) -> pulumi.Output[str]:
    """Return the PEM of a key as a secret, which the SDK alone does not; everything derived from it is then secret."""
    return pulumi.Output.secret(key.private_key_pem)
