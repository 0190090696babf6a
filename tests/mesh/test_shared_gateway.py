"""A gateway that namespaces share: each host belongs to the one that the settings name, whatever another claims."""

from collections.abc import Iterator

import pytest

from local.control_plane.api_connection import Manifest
from local.nlb.visitor import Visitor
from local.world.mesh import Mesh
from tests.support.mesh import applied, live, meshes

SHOP, BOOKINFO, NOBODYS = "shop.localhost", "bookinfo.localhost", "nobody.example.org"
# What shop answers wherever it may: no workload is needed for it.
ANSWER = {"directResponse": {"status": 418, "body": {"string": "shop"}}}
PAGE, ELSEWHERE = "/productpage", "/elsewhere"


def claim(name: str, *hosts: str) -> Manifest:
    """Of the namespace shop."""
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"hosts": list(hosts), "gateways": ["gateway-public/public"], "http": [ANSWER]},
    }


class Looks:
    """What a visitor finds."""

    def __init__(self, mesh: Mesh, visitor: Visitor) -> None:
        self._mesh, self._visitor = mesh, visitor

    def at(self, host: str, path: str) -> int:
        return meshes.visit(self._mesh, self._visitor, f"https://{host}{path}").status

    def everywhere(self) -> dict[str, int]:
        return {host + path: self.at(host, path) for host in (BOOKINFO, NOBODYS) for path in (PAGE, ELSEWHERE)}


@pytest.fixture
def looks(prod: Mesh, visitor: Visitor) -> Looks:
    return Looks(prod, visitor)


@pytest.fixture
def claimed(prod: Mesh, looks: Looks) -> Iterator[None]:
    """shop answers for its own host, for Bookinfo's and for one that is nobody's, each way it can be written."""
    claims = [claim("all", SHOP, BOOKINFO, NOBODYS), claim("one", BOOKINFO), claim("wide", "*.localhost")]
    assert looks.at(SHOP, ELSEWHERE) == 404
    with live.added(prod, *claims):
        meshes.eventually(lambda: _answers(looks, SHOP))
        yield
    _nobody_answers(looks, SHOP)


def _answers(looks: Looks, host: str) -> None:
    assert looks.at(host, ELSEWHERE) == 418


def _nobody_answers(looks: Looks, host: str) -> None:
    assert looks.at(host, ELSEWHERE) == 404


def test_a_claim_on_anothers_host_changes_nothing_for_a_visitor(looks: Looks, claimed: None) -> None:
    assert looks.everywhere() == {
        BOOKINFO + PAGE: 200,
        BOOKINFO + ELSEWHERE: 404,
        NOBODYS + PAGE: 404,
        NOBODYS + ELSEWHERE: 404,
    }


def test_it_is_the_gateway_that_says_whose_a_host_is(prod: Mesh, looks: Looks, claimed: None) -> None:
    """Negative control: without the namespace in front of its hosts the claim would count."""
    (gateway,) = [each for each in applied.recorded(prod) if each["kind"] == "Gateway"]
    servers = [{**each, "hosts": _anybodys(each["hosts"])} for each in gateway["spec"]["servers"]]
    changed = {**gateway["spec"], "servers": servers}
    with live.with_spec(prod, gateway["apiVersion"], "Gateway", "public", "gateway-public", changed):
        meshes.eventually(lambda: _answers(looks, BOOKINFO))
    _nobody_answers(looks, BOOKINFO)
    assert looks.at(BOOKINFO, PAGE) == 200


def _anybodys(hosts: list[str]) -> list[str]:
    return [each.replace("bookinfo/", "*/") for each in hosts]
