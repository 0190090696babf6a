"""When istiod tells Prometheus that its certificates end, and when they do."""

import re
from collections.abc import Mapping

from cryptography import x509

from design import names, prometheus_rules, trust
from local.load_balancer import AtHome
from local.mesh import Mesh
from tests.mesh import handshakes

# As the rules name each, and the certificate whose end it is: the first there.
READ = {prometheus_rules.CHAIN: trust.CERT_CHAIN, prometheus_rules.ROOT: trust.ROOT_CERT}
PORT = 15014
Expiries = dict[str, int]


def expiries(mesh: Mesh) -> list[Expiries]:
    """Seconds since 1970 by metric, of each istiod."""
    pods = mesh.control_plane.api.list("v1", "Pod", names.ISTIO_SYSTEM, labels="app=istiod")
    pages = [AtHome().get(f"http://{pod['status']['podIP']}:{PORT}/metrics").body for pod in pods]
    return [_read(page) for page in pages]


def ends(bundle: Mapping[str, str]) -> Expiries:
    """The same, by the certificates in cacerts."""
    return {metric: _end(handshakes.certificates(bundle[key])[0]) for metric, key in READ.items()}


def _read(page: str) -> Expiries:
    found = {metric: re.findall(rf"^{metric} (\S+)$", page, re.MULTILINE) for metric in READ}
    return {metric: int(float(values[0])) for metric, values in found.items() if len(values) == 1}


def _end(pem: str) -> int:
    return int(x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc.timestamp())
