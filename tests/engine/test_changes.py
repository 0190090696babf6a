"""What a change of settings changes, and what it leaves alone."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pulumi_kubernetes
import pytest

from design import names
from local.engine import Failed
from tests.engine.world import World, world


@pytest.fixture(scope="module")
def dev() -> Iterator[World]:
    """One stack for the whole file: each test goes on from where the one before it left."""
    with world("dev") as made:
        made.session.up()
        yield made


def authorities(roots: list[int], root: int, intermediates: list[int], intermediate: int) -> dict[str, Any]:
    def kind(numbers: list[int], signing: int) -> dict[str, Any]:
        generations = [{"number": number, "issued": "2026-11-01"} for number in numbers]
        return {"generations": generations, "signing": signing}

    return {"mesh": {"certificates": {"root": kind(roots, root), "intermediate": kind(intermediates, intermediate)}}}


def cacerts(world: World) -> Any:
    """Uid of the Secret: another one would be another Secret."""
    found = world.cluster.cluster.objects()
    return next(each for where, each in found.items() if where.kind == "Secret" and where.name == names.CA_SECRET)[
        "metadata"
    ]["uid"]


def test_another_route_updates_one_virtual_service(dev: World) -> None:
    dev.session.change({"bookinfo": {"routing": "all-v1"}})
    changes = dev.session.up().changes()
    assert [(step.op, step.name) for step in changes if not step.type.startswith(("istio-eks:", "pulumi:"))] == [
        ("update", "bookinfo-reviews")
    ]


def test_tags_update_in_place(dev: World) -> None:
    dev.session.change({"tags": {"team": "platform"}})
    changes = dev.session.up().changes()
    assert changes
    assert {step.op for step in changes} == {"update"}


def test_an_intermediate_is_rotated_in_place(dev: World) -> None:
    before = cacerts(dev)
    dev.session.change(authorities([1], 1, [1, 2], 2))
    run = dev.session.up()
    [step] = [step for step in run.changes() if step.name == "certificate-authority-cacerts"]
    assert step.op == "update"
    assert cacerts(dev) == before
    assert run.of("delete", "replace", "delete-replaced", "create-replacement") == []


def test_without_mutable_secrets_cacerts_would_be_replaced(dev: World) -> None:
    """Negative control: in the gap istiod would make an authority of its own."""
    provider = pulumi_kubernetes.Provider

    def immutable(*args: Any, **options: Any) -> pulumi_kubernetes.Provider:
        return provider(*args, **{**options, "enable_secret_mutable": None})

    dev.session.change(authorities([1], 1, [1, 2], 1))
    with mock.patch("components.cluster.kubernetes.Provider", immutable):
        steps = dev.session.preview().changes()
    assert "replace" in {step.op for step in steps if step.name == "certificate-authority-cacerts"}
    dev.session.change(authorities([1], 1, [1, 2], 2))


def test_a_skipped_phase_is_refused_before_cacerts(dev: World) -> None:
    mark = len(dev.deeds)
    dev.session.change(authorities([1, 2], 2, [1, 2], 2))
    for act in (dev.session.preview, dev.session.up):
        with pytest.raises(Failed, match="would sign before anybody trusts it"):
            act()
    assert not [deed for deed in dev.since(mark) if deed.name == "certificate-authority-cacerts"]


def test_every_step_of_a_root_rotation_updates_cacerts_in_place(dev: World) -> None:
    before = cacerts(dev)
    for step in (authorities([1, 2], 1, [2], 2), authorities([1, 2], 2, [2], 2), authorities([2], 2, [2], 2)):
        dev.session.change(step)
        dev.session.up()
        assert cacerts(dev) == before
    assert dev.session.preview().changes() == []


def test_an_istiod_is_not_removed_under_its_proxies(dev: World) -> None:
    dev.session.change({"mesh": {"version": "1.31.2"}})
    with pytest.raises(Failed, match="removes the istiod of"):
        dev.session.preview()
    dev.session.change({"mesh": {"version": None}})
