"""meshConfig: configuration of every proxy (Istio's istio.mesh.v1alpha1.MeshConfig at 1.31)."""

from typing import Any

from .. import settings
from ..settings import names

# The proxy itself resolves the names of services, without a pod's five search domains.
DNS_CAPTURE = "ISTIO_META_DNS_CAPTURE"
# Agents receive changed roots over their connection to istiod; they read this variable only when they start.
ROOTS_FROM_ISTIOD = "PROXY_CONFIG_XDS_AGENT"

OUTBOUND = {"allow-any": "ALLOW_ANY", "registry-only": "REGISTRY_ONLY"}


def mesh_config(mesh: settings.Mesh) -> dict[str, Any]:
    """Return meshConfig; it sets only the format of access logs, and a Telemetry object selects the requests."""
    return {
        "trustDomain": mesh.trust_domain,
        # istiod ignores every namespace without this label, and all objects in it.
        "discoverySelectors": [{"matchLabels": names.DISCOVERY_LABELS}],
        "outboundTrafficPolicy": {"mode": OUTBOUND[mesh.outbound]},
        # Without it /admin//users bypasses a rule for /admin/users.
        "pathNormalization": {"normalization": "MERGE_SLASHES"},
        "accessLogEncoding": "JSON",
        "defaultConfig": {"proxyMetadata": {DNS_CAPTURE: "true", ROOTS_FROM_ISTIOD: "true"}},
    }
