"""istiod's own webhook: what it lets in, what it refuses, and that nothing gets in while nobody answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from components.settings import names, versions
from local.control_plane.api import Api
from local.control_plane.api_connection import Manifest
from local.control_plane.api_errors import ApiRefusedError
from local.nlb.visitor import Visitor
from local.world import callers
from local.world.mesh import Mesh
from local.world.settled import settled
from tests.support.mesh import applied, injected, meshes

WEBHOOK = 'admission webhook "validation.istio.io" denied the request'
REVIEWS = "reviews.bookinfo.svc.cluster.local"
TO_REVIEWS = {"route": [{"destination": {"host": REVIEWS}}]}
# By what is wrong: the spec, and a part of what is said.
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no routes": ({"hosts": [REVIEWS]}, "http, tcp or tls must be provided"),
    "a route to nowhere": ({"hosts": [REVIEWS], "http": [{"route": []}]}, "HTTP route, redirect or direct_response"),
    "a route and a redirect": (
        {"hosts": [REVIEWS], "http": [{**TO_REVIEWS, "redirect": {"uri": "/"}}]},
        "HTTP route cannot contain both route and redirect",
    ),
    "a weight below zero": (
        {"hosts": [REVIEWS], "http": [{"route": [{"destination": {"host": REVIEWS}, "weight": -1}]}]},
        "weight",
    ),
    "weights of nothing": (
        {"hosts": [REVIEWS], "http": [{"route": [{"destination": {"host": REVIEWS}, "weight": 0}] * 2}]},
        "total destination weight",
    ),
    "a broken pattern": (
        {"hosts": [REVIEWS], "http": [{"match": [{"uri": {"regex": "["}}], **TO_REVIEWS}]},
        "error parsing regexp",
    ),
    "a host twice": ({"hosts": [REVIEWS, REVIEWS], "http": [TO_REVIEWS]}, "duplicate hosts in virtual service"),
    "a host inside another": (
        {"hosts": ["*.example.org", "a.example.org"], "http": [TO_REVIEWS]},
        "duplicate hosts in virtual service",
    ),
    "a wildcard in the mesh": ({"hosts": ["*"], "http": [TO_REVIEWS]}, "wildcard host * is not allowed for virtual"),
    "a fault of more than all": (
        {
            "hosts": [REVIEWS],
            "http": [{**TO_REVIEWS, "fault": {"abort": {"httpStatus": 500, "percentage": {"value": 120}}}}],
        },
        "percentage",
    ),
    "a gateway that has no name": ({"hosts": [REVIEWS], "gateways": [""], "http": [TO_REVIEWS]}, "empty domain name"),
}


def virtual_service(spec: dict[str, Any], namespace: str = "bookinfo") -> Manifest:
    metadata = {"name": "tried", "namespace": namespace}
    return {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": metadata, "spec": spec}


def test_a_good_virtual_service_is_let_in(dev: Mesh) -> None:
    good = virtual_service({"hosts": [REVIEWS], "http": [TO_REVIEWS]})
    assert applied.refusal(dev.control_plane.api, good) == ""


@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_virtual_service_is_refused(dev: Mesh, wrong: str) -> None:
    spec, said = BAD[wrong]
    refusal = applied.refusal(dev.control_plane.api, virtual_service(spec))
    assert WEBHOOK in refusal
    assert said in refusal


def test_every_istio_object_of_ours_passes_that_webhook(stack: Mesh) -> None:
    """Strict fields are another test; here it counts that istiod was asked, and would have said no."""
    api = stack.control_plane.api
    ours = [each for each in applied.recorded(stack) if each["apiVersion"].split("/")[0].endswith(".istio.io")]
    assert len(ours) > 10
    assert applied.refusals(api, ours) == {}
    for each in [one for one in ours if one["kind"] == "VirtualService"]:
        assert WEBHOOK in applied.refusal(api, {**each, "spec": {**each["spec"], "http": [{"route": []}]}})


def test_the_webhook_is_closed_when_nobody_answers(stack: Mesh) -> None:
    """istiod closes it itself once it has seen it work; only then are refusals certain."""
    kind = "ValidatingWebhookConfiguration"
    found = stack.control_plane.api.list("admissionregistration.k8s.io/v1", kind, labels="app=istiod")
    policies = {webhook["name"]: webhook["failurePolicy"] for each in found for webhook in each["webhooks"]}
    assert policies == {"validation.istio.io": "Fail", "rev.validation.istio.io": "Fail"}


def test_without_istiod_nothing_gets_past_it_and_visitors_notice_nothing(dev: Mesh, visitor: Visitor) -> None:
    """Negative control of the injection, too: it is istiod that answers, and nobody else."""
    api = dev.control_plane.api
    good = virtual_service({"hosts": [REVIEWS], "http": [TO_REVIEWS]})
    with away(dev, f"istiod-{names.revision(versions.ISTIO)}"):
        assert 'failed calling webhook "validation.istio.io"' in applied.refusal(api, good)
        with pytest.raises(
            ApiRefusedError, match=r'failed calling webhook "rev\.namespace\.sidecar-injector\.istio\.io"'
        ):
            injected.tried(api, "bookinfo")
        assert injected.revision(injected.tried(api, "default")) is None
        assert meshes.visit(dev, visitor, "http://bookinfo.test/productpage").status == 200
    meshes.eventually(lambda: _let_in(api, good))
    assert injected.revision(injected.tried(api, "bookinfo"))


@contextmanager
def away(mesh: Mesh, istiod: str) -> Iterator[None]:
    """No pod of it while the block runs; then the proxies are back at it."""
    api = mesh.control_plane.api
    _scale(api, istiod, 0)
    try:
        meshes.eventually(lambda: _pods(api, 0))
        yield
    finally:
        _scale(api, istiod, 1)
        meshes.eventually(lambda: _pods(api, 1))
        settled(mesh)


def _scale(api: Api, name: str, replicas: int) -> None:
    metadata = {"name": name, "namespace": names.ISTIO_SYSTEM}
    api.patch({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"replicas": replicas}})


def _pods(api: Api, ready: int) -> None:
    pods = api.list("v1", "Pod", names.ISTIO_SYSTEM, labels="app=istiod")
    assert len(pods) == ready
    assert all(callers.ready(each) for each in pods)


def _let_in(api: Api, good: Manifest) -> None:
    assert applied.refusal(api, good) == ""
