"""The certificate of a gateway, where the settings provide none."""

from dataclasses import dataclass
from typing import Any

from ..settings import Gateway
from ..settings.hosts import ANY

YEAR_HOURS = 365 * 24


@dataclass(frozen=True, kw_only=True)
class CertificatePlan:
    """A self-signed certificate, stored in a Secret of the gateway's namespace."""

    secret_name: str
    """Name of the Secret."""
    common_name: str
    """Common name of the certificate."""
    dns_names: tuple[str, ...]
    """DNS names of the certificate."""
    validity_hours: int
    """Lifetime, in hours."""
    early_renewal_hours: int
    """Hours before its expiry from which an ``up`` renews it."""


def certificate(workload: str, gateway: Gateway) -> CertificatePlan | None:
    """Return the certificate that ``tls.mode`` requires; None without TLS, or if the settings provide a certificate.

    With ``self-signed`` it has the hosts as DNS names. With ``acm`` names do not matter: the NLB checks neither the
    name nor the expiry of its targets' certificates (Elastic Load Balancing, "Target groups for your Network Load
    Balancers").
    """
    if gateway.tls.mode == "self-signed":
        hosts = sorted({claim.host for claim in gateway.claims} - {ANY})
        return CertificatePlan(
            secret_name=f"{workload}-tls",
            common_name=workload,
            dns_names=tuple(hosts) or (workload,),
            validity_hours=YEAR_HOURS,
            early_renewal_hours=30 * 24,
        )
    if gateway.tls.mode == "acm":
        return CertificatePlan(
            secret_name=f"{workload}-tls",
            common_name=workload,
            dns_names=(workload,),
            validity_hours=10 * YEAR_HOURS,
            early_renewal_hours=YEAR_HOURS,
        )
    return None


def secret(plan: CertificatePlan, namespace: str, certificate_pem: Any, key_pem: Any) -> dict[str, Any]:
    """Return the Secret that an Istio Gateway's ``credentialName`` requires; both PEM values may be outputs."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": plan.secret_name, "namespace": namespace},
        "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate_pem, "tls.key": key_pem},
    }
