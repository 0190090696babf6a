"""Whose certificates the proxies hold: istiod signs with our intermediate, below the root that the stack puts out."""

import base64
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from components import trust
from components.settings import names
from local.authority import sidecars
from local.authority.credentials import certificates
from local.authority.rotating import Rotating
from local.authority.sidecars import Sidecar
from local.control_plane.api import Api
from local.nlb.visitor import Visitor
from local.world import callers, proxies
from local.world.mesh import Mesh
from local.world.settled import settled
from tests.support.mesh import asking, live, meshes, metrics

# Where istiod keeps an authority that it has made itself.
SELF_SIGNED = "istio-ca-secret"


def ours(mesh: Mesh) -> list[str]:
    """Fingerprints of the roots, as app teams read them."""
    return list(mesh.world.session.outputs()["rootCertificateFingerprints"])


def strangers(sidecar: Sidecar, roots: list[str]) -> list[str]:
    """What is wrong with a proxy's certificates: the guard of this file."""
    chain = certificates(sidecar.chain)
    parsed = [x509.load_pem_x509_certificate(each.encode()) for each in chain]
    wrong = [
        f"{own.subject} is not signed by {above.subject}" for own, above in pairwise(parsed) if not _signed(own, above)
    ]
    if trust.fingerprint(chain[-1]) not in roots:
        wrong.append(f"the chain ends in {parsed[-1].subject}")
    wrong += [f"it trusts {trust.fingerprint(each)}" for each in sidecar.roots if trust.fingerprint(each) not in roots]
    return wrong


def _signed(own: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        own.verify_directly_issued_by(above)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def self_signed(api: Api) -> list[str]:
    """Namespaces in which istiod has put an authority of its own."""
    found = api.list("v1", "Secret", fields=f"metadata.name={SELF_SIGNED}")
    return [each["metadata"]["namespace"] for each in found]


def test_the_chain_of_every_proxy_ends_in_our_root(stack: Mesh) -> None:
    roots, held = ours(stack), proxies.all_of(stack)
    assert {namespace for namespace, _ in held} == {"bookinfo", "gateway-public"}
    wrong = {each: strangers(sidecars.shown(stack, *each), roots) for each in held}
    assert {each: said for each, said in wrong.items() if said} == {}


def test_our_intermediate_signed_it_for_the_identity_of_the_pod(stack: Mesh) -> None:
    bundle, domain = Rotating(mesh=stack).bundle(), stack.world.session.outputs()["trustDomain"]
    for namespace, pod in proxies.all_of(stack):
        own, *above = certificates(sidecars.shown(stack, namespace, pod).chain)
        # istiod hands out the roots behind the chain.
        assert above == certificates(bundle[trust.CERT_CHAIN] + bundle[trust.ROOT_CERT])
        assert above[0] == bundle[trust.CA_CERT].strip()
        assert identities(own) == [f"spiffe://{names.principal(domain, namespace, account(stack, namespace, pod))}"]


def identities(certificate: str) -> list[str]:
    parsed = x509.load_pem_x509_certificate(certificate.encode())
    found = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return found.get_values_for_type(x509.UniformResourceIdentifier)


def account(mesh: Mesh, namespace: str, pod: str) -> str:
    found = mesh.control_plane.api.get("v1", "Pod", pod, namespace)
    assert found
    return str(found["spec"]["serviceAccountName"])


def test_the_secret_holds_the_roots_that_the_stack_puts_out(stack: Mesh) -> None:
    bundle = Rotating(mesh=stack).bundle()
    assert set(bundle) == {trust.CA_CERT, trust.CA_KEY, trust.CERT_CHAIN, trust.ROOT_CERT}
    assert [trust.fingerprint(each) for each in certificates(bundle[trust.ROOT_CERT])] == ours(stack)


def test_the_api_server_knows_istiod_by_the_same_root(stack: Mesh) -> None:
    """By it the API server believes who injects and who refuses."""
    kinds = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
    group = "admissionregistration.k8s.io/v1"
    found = [each for kind in kinds for each in stack.control_plane.api.list(group, kind, labels=names.REVISION_LABEL)]
    bundles = {webhook["clientConfig"]["caBundle"] for each in found for webhook in each["webhooks"]}
    assert len(found) == 4
    assert [trust.fingerprint(base64.b64decode(each).decode()) for each in bundles] == ours(stack)


def test_every_namespace_of_the_mesh_is_told_the_same_root(stack: Mesh) -> None:
    authority = Rotating(mesh=stack)
    told = {authority.handed_out(namespace) for namespace in ("bookinfo", "gateway-public")}
    assert told == {authority.bundle()[trust.ROOT_CERT]}


def test_every_istiod_tells_prometheus_when_the_first_of_the_chain_and_of_the_roots_end(stack: Mesh) -> None:
    """What the alerts read."""
    told = metrics.expiries(stack)
    assert told
    assert told == [metrics.ends(Rotating(mesh=stack).bundle())] * len(told)


def test_istiod_has_made_no_authority_of_its_own(stack: Mesh) -> None:
    assert self_signed(stack.control_plane.api) == []


# Negative control


def test_without_the_secret_istiod_would_make_one_and_every_guard_here_would_see_it(
    dev: Mesh, visitor: Visitor
) -> None:
    api, roots = dev.control_plane.api, ours(dev)
    with live.without(dev, "v1", "Secret", names.CA_SECRET, names.ISTIO_SYSTEM):
        restart(api)
        meshes.eventually(lambda: _self_signed(api, [names.ISTIO_SYSTEM]))
        with asking.caller(dev, "bookinfo", "stranger") as made:
            said = strangers(sidecars.shown(dev, "bookinfo", made.name), roots)
            assert any("the chain ends in" in each for each in said), said
            assert any("it trusts" in each for each in said), said
    api.delete("v1", "Secret", SELF_SIGNED, names.ISTIO_SYSTEM)
    restart(api)
    meshes.eventually(lambda: _ours_again(dev, roots))
    settled(dev)
    assert meshes.visit(dev, visitor, "http://bookinfo.test/productpage").status == 200


def restart(api: Api) -> None:
    """Another pod of istiod, and ready."""
    for pod in api.list("v1", "Pod", names.ISTIO_SYSTEM, labels="app=istiod"):
        api.delete("v1", "Pod", pod["metadata"]["name"], names.ISTIO_SYSTEM, wait=60)
    meshes.eventually(lambda: _ready(api))


def _ready(api: Api) -> None:
    pods = api.list("v1", "Pod", names.ISTIO_SYSTEM, labels="app=istiod")
    assert pods
    assert all(callers.ready(each) for each in pods)


def _self_signed(api: Api, namespaces: list[str]) -> None:
    assert self_signed(api) == namespaces


def _ours_again(mesh: Mesh, roots: list[str]) -> None:
    authority = Rotating(mesh=mesh)
    assert {authority.handed_out(namespace) for namespace in ("bookinfo", "gateway-public")} == {
        authority.bundle()[trust.ROOT_CERT]
    }
    for each in proxies.all_of(mesh):
        assert strangers(sidecars.shown(mesh, *each), roots) == []
