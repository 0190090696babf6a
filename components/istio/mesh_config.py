"""meshConfig: what istiod tells every proxy (Istio's istio.mesh.v1alpha1.MeshConfig at 1.31)."""

from typing import Any

from .. import settings
from ..settings import names

# Names of services are answered by the proxy itself, without the five search domains of a pod.
DNS_CAPTURE = "ISTIO_META_DNS_CAPTURE"
# Agents take changed roots over their connection to istiod; they read this only when they start.
ROOTS_FROM_ISTIOD = "PROXY_CONFIG_XDS_AGENT"

OUTBOUND = {"allow-any": "ALLOW_ANY", "registry-only": "REGISTRY_ONLY"}


def mesh_config(mesh: settings.Mesh) -> dict[str, Any]:
    """Mesh-wide behaviour; which requests are logged is a Telemetry object, here is only their form."""
    return {
        "trustDomain": mesh.trust_domain,
        # istiod ignores every namespace without this pair, with all objects in it.
        "discoverySelectors": [{"matchLabels": names.DISCOVERY_LABELS}],
        "outboundTrafficPolicy": {"mode": OUTBOUND[mesh.outbound]},
        # Without it /admin//users passes a rule about /admin/users.
        "pathNormalization": {"normalization": "MERGE_SLASHES"},
        "accessLogEncoding": "JSON",
        "defaultConfig": {"proxyMetadata": {DNS_CAPTURE: "true", ROOTS_FROM_ISTIOD: "true"}},
    }
