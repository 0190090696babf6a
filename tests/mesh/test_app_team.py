"""The example of an app team in prod's mesh: made as its editors, asked by visitors and by callers inside."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.control_plane.api_errors import ApiRefusedError
from local.engine.runs import RunFailedError
from local.engine.session import Session
from local.machine import machine
from local.nlb.visitor import Visitor
from local.world import tenants
from local.world.callers import Caller
from local.world.mesh import Mesh
from local.world.settled import settled
from local.world.tenants import User
from tests.support.mesh import asking, live, meshes, shop
from tests.support.mesh.access_logs import logged
from tests.support.mesh.shop import BOOK, INSIDE, ROLE, editors
from tests.support.unit import guide


@pytest.fixture(scope="module")
def team(prod: Mesh) -> Iterator[Session]:
    """Up, with one pod where two would be; gone with the module."""
    folder = Path(tempfile.mkdtemp(prefix="team-", dir=machine.scratch()))
    target = tenants.real(prod.control_plane, User.of(prod.world, ROLE), folder)
    with tenants.beside(prod.world, target, stack="prod") as session:
        try:
            session.up()
            yield session
        finally:
            session.destroy()
    settled(prod)
    assert prod.control_plane.api.list("apps/v1", "Deployment", "shop") == []


@pytest.fixture(scope="module")
def frontend(prod: Mesh, team: Session) -> Iterator[Caller]:
    """The one caller that the example allows."""
    with shop.frontend(prod) as made:
        yield made


@pytest.fixture(scope="module")
def neighbour(prod: Mesh, team: Session) -> Iterator[Caller]:
    """Of the same namespace, under another identity."""
    with asking.caller(prod, "shop", "neighbour") as made:
        yield made


def test_the_world_reads_the_book_through_the_shared_gateway(prod: Mesh, team: Session, visitor: Visitor) -> None:
    def answered() -> None:
        answer = meshes.visit(prod, visitor, BOOK)
        assert (answer.status, json.loads(answer.body or "{}").get("author")) == (200, "William Shakespeare")

    meshes.eventually(answered)
    assert team.outputs()["url"] == BOOK


def test_a_second_preview_shows_no_change(team: Session) -> None:
    assert team.preview().changes() == []


@pytest.mark.parametrize("path", ["/health", "/", "/productpage"])
def test_nothing_else_is_published(prod: Mesh, team: Session, visitor: Visitor, path: str) -> None:
    assert meshes.visit(prod, visitor, f"https://shop.localhost{path}").status == 404


def test_its_caller_gets_in_and_its_neighbour_does_not(frontend: Caller, neighbour: Caller) -> None:
    meshes.eventually(lambda: _answers(frontend, 200))
    assert asking.forbidden(neighbour.ask(INSIDE))
    assert asking.forbidden(frontend.ask(INSIDE, method="POST"))
    assert asking.forbidden(frontend.ask("http://catalog.shop:9080/health"))


def test_without_its_policy_its_caller_stays_outside(prod: Mesh, frontend: Caller) -> None:
    """Negative control: the namespace denies by default."""
    with live.without(prod, "security.istio.io/v1", "AuthorizationPolicy", "catalog", "shop"):
        meshes.eventually(lambda: _answers(frontend, 403))
    _answers(frontend, 200)


def test_every_caller_limits_and_watches_it(prod: Mesh, frontend: Caller) -> None:
    """What Envoy made of the one DestinationRule: limits, and ejection with its floor."""
    found = _cluster(prod, frontend.name)
    assert found["connect_timeout"] == "2s"
    assert found["circuit_breakers"]["thresholds"] == [
        {"max_connections": 256, "max_pending_requests": 256, "max_requests": 256, "max_retries": 8}
    ]
    watched = found["outlier_detection"]
    assert (watched["consecutive_5xx"], watched["max_ejection_percent"]) == (5, 50)
    assert found["common_lb_config"]["healthy_panic_threshold"] == {"value": 50}


@pytest.mark.parametrize("manifest", guide.manifests(), ids=lambda each: each["kind"])
def test_editors_may_apply_what_the_guide_shows(prod: Mesh, manifest: guide.Manifest) -> None:
    """A dry run: schema, Istio's own validation, Pod Security and roles."""
    shown = json.loads(json.dumps(manifest).replace("example.com", "localhost"))
    editors(prod).apply(shown, field_manager="guide", dry_run=True, force=True)


# What the guide says of an error, and how it is made: a header leads to a subset.
SUBSETS = {"without-pods": ("UH", "no healthy upstream"), "undefined": ("NC", "")}


@pytest.fixture(scope="module")
def misled(prod: Mesh, frontend: Caller) -> Iterator[Caller]:
    """Its requests go where a header says; made by the editors."""
    host = "catalog.shop.svc.cluster.local"
    api = editors(prod)
    rule = api.get("networking.istio.io/v1", "DestinationRule", "catalog", "shop")
    assert rule
    subsets = [*rule["spec"]["subsets"], {"name": "without-pods", "labels": {"version": "v9"}}]
    ways = [
        {"match": [{"headers": {"to": {"exact": each}}}], "route": [{"destination": {"host": host, "subset": each}}]}
        for each in ("v1", *SUBSETS)
    ]
    route = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "misleading", "namespace": "shop"},
        "spec": {"hosts": [host], "http": [*ways, {"route": [{"destination": {"host": host}}]}]},
    }
    kind = ("networking.istio.io/v1", "DestinationRule", "catalog", "shop")
    with live.with_spec(prod, *kind, {**rule["spec"], "subsets": subsets}):
        api.create(route)
        try:
            yield frontend
        finally:
            api.delete("networking.istio.io/v1", "VirtualService", "misleading", "shop")


def test_by_header_a_request_reaches_the_version_it_asks_for(misled: Caller) -> None:
    meshes.eventually(lambda: _answers(misled, 200, {"to": "v1"}))


@pytest.mark.parametrize("subset", SUBSETS)
def test_a_subset_that_cannot_answer_is_a_503_with_the_flag_of_the_guide(
    prod: Mesh, misled: Caller, subset: str
) -> None:
    flag, says = SUBSETS[subset]
    meshes.eventually(lambda: _answers(misled, 503, {"to": subset}))
    assert says in misled.ask(INSIDE, headers={"to": subset}).body
    logged(prod, "shop", f"app={misled.name}", response_code=503, response_flags=flag)


def test_a_403_is_explained_in_the_log_of_the_service(prod: Mesh, neighbour: Caller) -> None:
    assert asking.forbidden(neighbour.ask(INSIDE))
    why = "rbac_access_denied_matched_policy[none]"
    logged(prod, "shop", "app=catalog", response_code=403, response_code_details=why)


def test_a_404_of_the_gateway_has_no_route(prod: Mesh, team: Session, visitor: Visitor) -> None:
    assert meshes.visit(prod, visitor, "https://shop.localhost/nothing").status == 404
    logged(prod, "gateway-public", "istio=gateway-public", response_code=404, response_flags="NR", path="/nothing")


def test_the_editors_may_not_open_a_gateway_of_their_own(prod: Mesh) -> None:
    """Negative control: the API server decides who they are, not the tests."""
    gateway = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "own", "namespace": "shop"},
        "spec": {"servers": [{"hosts": ["*"], "port": {"number": 80, "name": "http", "protocol": "HTTP"}}]},
    }
    with pytest.raises(ApiRefusedError, match='cannot create resource "gateways"'):
        editors(prod).create(gateway, dry_run=True)


def test_in_a_namespace_that_is_not_theirs_nothing_is_made(prod: Mesh) -> None:
    """The contract is satisfied, and the API server is not."""
    folder = Path(tempfile.mkdtemp(prefix="team-", dir=machine.scratch()))
    user = User(name="stranger", groups=(tenants.AUTHENTICATED,))
    with tenants.beside(prod.world, tenants.real(prod.control_plane, user, folder), stack="dev") as session:
        session.change({"platform": "organization/istio-eks/prod"})
        with pytest.raises(RunFailedError, match="forbidden"):
            session.up()
        session.destroy()


def _answers(caller: Caller, status: int, headers: dict[str, str] | None = None) -> None:
    reply = caller.ask(INSIDE, headers=headers)
    assert reply.status == status, reply


def _cluster(mesh: Mesh, pod: str) -> dict[str, Any]:
    """As the sidecar of the pod has it."""
    argv = ["pilot-agent", "request", "GET", "config_dump?resource=dynamic_active_clusters"]
    done = mesh.kubelet.exec("shop", pod, "istio-proxy", argv)
    clusters = [each["cluster"] for each in json.loads(done.stdout)["configs"]]
    [found] = [each for each in clusters if each["name"] == "outbound|9080||catalog.shop.svc.cluster.local"]
    return dict(found)
