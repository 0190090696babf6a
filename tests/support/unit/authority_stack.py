"""The certificate authority on its own, as the engine is told about it."""

from components import trust
from components.settings import Certificates, names
from components.trust.component import CertificateAuthority, CertificateAuthorityArgs
from tests.support.days import NOON
from tests.support.unit import harness
from tests.support.unit.recorded import Stack
from tests.support.unit.tls_provider import Cluster

KEY = "tls:index/privateKey:PrivateKey"
ROOT = "tls:index/selfSignedCert:SelfSignedCert"
REQUEST = "tls:index/certRequest:CertRequest"
SIGNED = "tls:index/locallySignedCert:LocallySignedCert"
SECRET = "kubernetes:core/v1:Secret"
PARENT = "certificate-authority"


def previewed(settings_: Certificates, *, protect: bool = False) -> Stack:
    """A first preview: no key, no certificate exists yet."""
    plan = trust.plan(settings_, "cluster.local")
    args = CertificateAuthorityArgs(plan=plan, namespace=names.ISTIO_SYSTEM, protect=protect, clock=lambda: NOON)
    return harness.component(lambda: CertificateAuthority(PARENT, args))


def updated(settings_: Certificates, *, protect: bool = False) -> Stack:
    return Cluster(now=NOON).up(trust.plan(settings_, "cluster.local"), protect=protect)


def registered(stack: Stack, type_: str) -> set[str]:
    return {node.name.removeprefix(f"{PARENT}-") for node in stack.of_type(type_)}
