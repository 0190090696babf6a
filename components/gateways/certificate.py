"""The certificate that a gateway shows when nobody else provides one."""

from dataclasses import dataclass
from typing import Any

from ..settings import Gateway
from ..settings.hosts import ANY

YEAR_HOURS = 365 * 24


@dataclass(frozen=True, kw_only=True)
class CertificatePlan:
    """A certificate that signs itself, kept in the Secret ``secret_name`` of the gateway's namespace.

    ``early_renewal_hours`` before its end the next ``up`` makes a new one.
    """

    secret_name: str
    common_name: str
    dns_names: tuple[str, ...]
    validity_hours: int
    early_renewal_hours: int


def certificate(workload: str, gateway: Gateway) -> CertificatePlan | None:
    """What ``tls.mode`` asks us to make; None when there is no TLS, or the certificate is somebody else's.

    ``self-signed`` names the hosts. ``acm``: the NLB checks neither the name nor the end of what its targets show
    (Elastic Load Balancing, "Target groups for your Network Load Balancers").
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
    """Secret as an Istio Gateway's ``credentialName`` wants it; both PEM values are only put in their places."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": plan.secret_name, "namespace": namespace},
        "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate_pem, "tls.key": key_pem},
    }
