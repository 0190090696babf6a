"""The part of the contract that the settings determine; the rest comes from AWS and the certificate authority."""

from typing import Any

from ..cluster import nodes
from ..namespaces import plan as namespaces
from ..settings import Settings, names
from . import model as contract


def of(settings: Settings, region: str) -> dict[str, Any]:
    """Return the outputs by name, without those of the gateways (``gateways.objects.outputs``)."""
    mesh = settings.mesh
    return {
        "contractVersion": contract.VERSION,
        "region": region,
        "revisionTag": mesh.tag,
        "istioVersion": mesh.version,
        "trustDomain": mesh.trust_domain,
        "discoveryLabel": names.DISCOVERY_LABELS,
        "appNodes": {"labels": nodes.APPS_SELECTOR, "tolerations": nodes.APPS_TOLERATIONS},
        "namespaces": namespaces.contract(settings),
    }
