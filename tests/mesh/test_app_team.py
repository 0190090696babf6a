"""The example of an app team in prod's mesh: made as its editors, asked by visitors and by callers inside."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import machine, tenants
from local.api import ApiRefused
from local.callers import Caller
from local.engine import Failed, Session
from local.load_balancer import Visitor
from local.mesh import Mesh
from local.tenants import User
from local.world import OWNED
from tests.mesh import asking, live, meshes

ROLE = f"arn:aws:iam::{OWNED['111122223333']}:role/shop-team"
BOOK = "https://shop.localhost/details/0"
INSIDE = "http://catalog.shop:9080/details/0"


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
    assert prod.control_plane.api.list("apps/v1", "Deployment", "shop") == []


@pytest.fixture(scope="module")
def frontend(prod: Mesh, team: Session) -> Iterator[Caller]:
    """The one caller that the example allows: its ServiceAccount counts."""
    api = prod.control_plane.api
    api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "frontend", "namespace": "shop"}})
    try:
        with asking.caller(prod, "shop", "frontend", service_account="frontend") as made:
            yield made
    finally:
        api.delete("v1", "ServiceAccount", "frontend", "shop")


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
    api = prod.control_plane.api
    with live.without(api, "security.istio.io/v1", "AuthorizationPolicy", "catalog", "shop"):
        meshes.eventually(lambda: _answers(frontend, 403))
    meshes.eventually(lambda: _answers(frontend, 200))


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


def test_the_editors_may_not_open_a_gateway_of_their_own(prod: Mesh) -> None:
    """Negative control: the API server decides who they are, not the tests."""
    user = User.of(prod.world, ROLE)
    theirs = prod.control_plane.api.as_user(user.name, user.groups)
    gateway = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "own", "namespace": "shop"},
        "spec": {"servers": [{"hosts": ["*"], "port": {"number": 80, "name": "http", "protocol": "HTTP"}}]},
    }
    with pytest.raises(ApiRefused, match='cannot create resource "gateways"'):
        theirs.create(gateway, dry_run=True)


def test_in_a_namespace_that_is_not_theirs_nothing_is_made(prod: Mesh) -> None:
    """The contract is satisfied, and the API server is not."""
    folder = Path(tempfile.mkdtemp(prefix="team-", dir=machine.scratch()))
    user = User(name="stranger", groups=(tenants.AUTHENTICATED,))
    with tenants.beside(prod.world, tenants.real(prod.control_plane, user, folder), stack="dev") as session:
        session.change({"platform": "organization/istio-eks/prod"})
        with pytest.raises(Failed, match="forbidden"):
            session.up()
        session.destroy()


def _answers(caller: Caller, status: int) -> None:
    reply = caller.ask(INSIDE)
    assert reply.status == status, reply


def _cluster(mesh: Mesh, pod: str) -> dict[str, Any]:
    """As the sidecar of the pod has it."""
    argv = ["pilot-agent", "request", "GET", "config_dump?resource=dynamic_active_clusters"]
    done = mesh.kubelet.exec("shop", pod, "istio-proxy", argv)
    clusters = [each["cluster"] for each in json.loads(done.stdout)["configs"]]
    [found] = [each for each in clusters if each["name"] == "outbound|9080||catalog.shop.svc.cluster.local"]
    return dict(found)
