"""Kubernetes takes every object of both stacks, and reads every field of it."""

from collections.abc import Iterator

import pytest

from components.settings import versions
from local.control_plane.api_connection import Manifest
from local.providers.kubernetes.objects import identity
from local.world.mesh import Mesh
from tests.support.mesh import applied

# Maps whose keys are anybody's choice.
FREE = ("metadata", "data", "stringData")


@pytest.fixture
def ours(stack: Mesh) -> list[Manifest]:
    return applied.recorded(stack)


@pytest.fixture
def theirs(stack: Mesh) -> list[Manifest]:
    return applied.charted(stack)


def unheard_of(manifest: Manifest) -> Iterator[Manifest]:
    """The object with one field more that nobody knows: at its top, and in each part below."""
    yield {**manifest, "unheardOf": "x"}
    for key, part in manifest.items():
        if isinstance(part, dict) and key not in FREE:
            yield {**manifest, key: {**part, "unheardOf": "x"}}
        elif isinstance(part, list) and part and isinstance(part[0], dict):
            yield {**manifest, key: [{**part[0], "unheardOf": "x"}, *part[1:]]}


def test_the_server_is_of_the_pinned_minor(stack: Mesh) -> None:
    version = stack.control_plane.api.request("GET", "/version")
    assert f"{version['major']}.{version['minor']}" == versions.KUBERNETES


def test_every_object_of_the_offline_preview_is_live(stack: Mesh, ours: list[Manifest]) -> None:
    live = applied.cluster(stack).objects()
    assert {identity(each) for each in ours} == set(live)
    assert len(live) > 30


def test_every_object_is_accepted_with_strict_field_validation(
    stack: Mesh, ours: list[Manifest], theirs: list[Manifest]
) -> None:
    assert applied.refusals(stack.control_plane.api, [*ours, *theirs]) == {}


def test_an_unknown_field_in_any_of_them_is_refused(stack: Mesh, ours: list[Manifest]) -> None:
    api = stack.control_plane.api
    taken = [identity(each).text for each in ours for odd in unheard_of(each) if not applied.refusal(api, odd)]
    assert taken == []


def test_a_refusal_names_the_field(dev: Mesh) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "odd", "namespace": "bookinfo"}}
    said = applied.refusal(dev.control_plane.api, {**account, "unheardOf": "x"})
    assert ".unheardOf: field not declared in schema" in said
    assert applied.refusal(dev.control_plane.api, account) == ""
