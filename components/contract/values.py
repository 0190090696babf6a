"""The part of the contract that the settings decide; the rest is made up by AWS and the certificate authority."""

from typing import Any

from ..cluster import nodes
from ..gateways import plan as gateways
from ..namespaces import plan as namespaces
from ..settings import Settings, names
from . import model as contract


def of(settings: Settings, region: str) -> dict[str, Any]:
    """Outputs by name. Of a gateway, its DNS name and zone are still missing."""
    mesh = settings.mesh
    plans = {name: gateways.plan(name, gateway, mesh.size) for name, gateway in settings.gateways.items()}
    return {
        "contractVersion": contract.VERSION,
        "region": region,
        "revisionTag": mesh.tag,
        "istioVersion": mesh.version,
        "trustDomain": mesh.trust_domain,
        "discoveryLabel": names.DISCOVERY_LABELS,
        "appNodes": {"labels": nodes.APPS_SELECTOR, "tolerations": nodes.APPS_TOLERATIONS},
        "gateways": {name: gateways.outputs(plan, mesh.trust_domain) for name, plan in plans.items()},
        "namespaces": namespaces.contract(settings),
    }
