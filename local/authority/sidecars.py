"""The certificates of a proxy, as its Envoy has them."""

import base64
import json
from dataclasses import dataclass

from local.authority.credentials import certificates
from local.world import proxies
from local.world.mesh import Mesh

_SECRETS = "config_dump?resource=dynamic_active_secrets"


@dataclass(frozen=True, kw_only=True)
class Sidecar:
    """A running proxy. ``chain``: PEM of what it shows. ``roots``: each that it trusts, as PEM."""

    namespace: str
    pod: str
    chain: str
    roots: frozenset[str]


def shown(mesh: Mesh, namespace: str, pod: str) -> Sidecar:
    """Return the sidecar's certificates as its Envoy has them now."""
    dumped = json.loads(proxies.ask(mesh, namespace, pod, _SECRETS))["configs"]
    secrets = {each["name"]: each["secret"] for each in dumped}
    chain = secrets["default"]["tls_certificate"]["certificate_chain"]["inline_bytes"]
    roots = secrets["ROOTCA"]["validation_context"]["trusted_ca"]["inline_bytes"]
    listed = frozenset(certificates(base64.b64decode(roots).decode()))
    return Sidecar(namespace=namespace, pod=pod, chain=base64.b64decode(chain).decode(), roots=listed)
