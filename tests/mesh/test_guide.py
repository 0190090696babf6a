"""The objects of the guide for app teams in prod's mesh, made by the namespace's editors: a release to a few first."""

import copy
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from local.nlb.visitor import Visitor
from local.world.callers import Caller
from local.world.mesh import Mesh
from local.world.settled import settled
from tests.support.mesh import meshes, shop
from tests.support.mesh.sampling import ASKED, fair
from tests.support.unit import guide
from tests.support.unit.guide import Manifest

# Another program, which has no details: its answer tells who gave it.
OTHER_IMAGE = "docker.io/istio/examples-bookinfo-ratings-v1:1.20.3"
VERSIONS = {200: "v1", 404: "v2"}
CANARY = {"x-canary": "yes"}


def shown(kind: str) -> list[Manifest]:
    """Of the guide, in its order, for the hosts of this computer; with one pod where there are two."""
    found: list[Manifest] = json.loads(json.dumps(guide.all_of(kind)).replace("example.com", "localhost"))
    for each in found:
        if kind == "Deployment":
            each["spec"]["replicas"] = 1
    return found


def second(deployment: Manifest) -> Manifest:
    """As the guide says it: the same ``app``, another version."""
    made = copy.deepcopy(deployment)
    made["metadata"]["name"] = "catalog-v2"
    for labels in (made["spec"]["selector"]["matchLabels"], made["spec"]["template"]["metadata"]["labels"]):
        labels["version"] = "v2"
    made["spec"]["template"]["spec"]["containers"][0]["image"] = OTHER_IMAGE
    return made


class Team:
    """The editors: what they apply goes with them."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh, self._made = mesh, list[Manifest]()

    def apply(self, manifest: Manifest) -> None:
        self._made.append(manifest)
        shop.editors(self._mesh).apply(manifest, field_manager="team")
        if manifest["kind"] == "Deployment":
            meshes.eventually(lambda: self._ready(manifest["metadata"]["name"]), within=60)

    def leave(self) -> None:
        api = self._mesh.control_plane.api
        for each in reversed(self._made):
            api.delete(each["apiVersion"], each["kind"], each["metadata"]["name"], "shop", wait=60)

    def _ready(self, name: str) -> None:
        found = self._mesh.control_plane.api.get("apps/v1", "Deployment", name, "shop") or {}
        assert found.get("status", {}).get("readyReplicas"), found


@pytest.fixture(scope="module")
def team(prod: Mesh) -> Iterator[Team]:
    """With one version, published; and then the second, which nobody gets who does not ask for it."""
    made = Team(prod)
    try:
        for kind in ("ServiceAccount", "Deployment", "Service", "AuthorizationPolicy", "VirtualService"):
            made.apply(shown(kind)[0])
        made.apply(shown("DestinationRule")[-1])
        made.apply(shown("VirtualService")[1])
        made.apply(second(shown("Deployment")[0]))
        yield made
    finally:
        made.leave()
        settled(prod)


@pytest.fixture(scope="module")
def frontend(prod: Mesh, team: Team) -> Iterator[Caller]:
    with shop.frontend(prod) as made:
        yield made


def version(answer: Any) -> str:
    # The gateway's own 404 is empty.
    assert answer.body, answer
    return VERSIONS[answer.status]


def seen(mesh: Mesh, visitor: Visitor, asked: int = 20, headers: dict[str, str] | None = None) -> Counter[str]:
    """Which versions answer a visitor how often."""
    return Counter(version(meshes.visit(mesh, visitor, shop.BOOK, headers=headers)) for _ in range(asked))


def test_by_header_who_asks_for_it_gets_the_second(prod: Mesh, team: Team, frontend: Caller, visitor: Visitor) -> None:
    meshes.eventually(lambda: _only(seen(prod, visitor, headers=CANARY), "v2"))
    _only(seen(prod, visitor), "v1")
    for headers, wanted in ((CANARY, "v2"), ({}, "v1")):
        assert {version(frontend.ask(shop.INSIDE, headers=headers)) for _ in range(5)} == {wanted}


def test_by_weight_a_tenth_gets_the_second(prod: Mesh, team: Team, visitor: Visitor) -> None:
    team.apply(shown("VirtualService")[2])
    meshes.eventually(lambda: _both(seen(prod, visitor)))
    found = seen(prod, visitor, ASKED)
    assert fair(found["v2"], 10), found


def test_a_route_without_subsets_shares_as_there_are_pods(prod: Mesh, team: Team, visitor: Visitor) -> None:
    """Why the second Deployment comes last."""
    team.apply(shown("VirtualService")[0])
    meshes.eventually(lambda: _half(seen(prod, visitor, ASKED)))


def _only(found: Counter[str], wanted: str) -> None:
    assert set(found) == {wanted}, found


def _both(found: Counter[str]) -> None:
    assert set(found) == {"v1", "v2"}, found


def _half(found: Counter[str]) -> None:
    assert fair(found["v2"], 50), found
