"""When istiod tells Prometheus that its certificates end, and when they do."""

import re
from collections.abc import Mapping

from cryptography import x509

from components import trust
from components.trust import alerts
from local.authority.credentials import certificates
from local.world import istiods
from local.world.mesh import Mesh

# As the rules name each, and the certificate whose end it is: the first there.
READ = {alerts.CHAIN: trust.CERT_CHAIN, alerts.ROOT: trust.ROOT_CERT}
Expiries = dict[str, int]


def expiries(mesh: Mesh) -> list[Expiries]:
    """Seconds since 1970 by metric, of each istiod."""
    return [_read(istiods.metrics(each)) for each in istiods.addresses(mesh)]


def ends(bundle: Mapping[str, str]) -> Expiries:
    """The same, by the certificates in cacerts."""
    return {metric: _end(certificates(bundle[key])[0]) for metric, key in READ.items()}


def _read(page: str) -> Expiries:
    found = {metric: re.findall(rf"^{metric} (\S+)$", page, re.MULTILINE) for metric in READ}
    return {metric: int(float(values[0])) for metric, values in found.items() if len(values) == 1}


def _end(pem: str) -> int:
    return int(x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc.timestamp())
