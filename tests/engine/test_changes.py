"""What a change of settings changes, and what it leaves alone."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock

import pulumi_kubernetes
import pytest

from components import trust
from components.settings import names
from local.engine.runs import RunFailedError
from local.world.world import World
from ops.certificates import last_up
from ops.running import Result, Run
from tests.support.engine.world import world
from tests.support.stack_files import ISSUED


@pytest.fixture(scope="module")
def dev() -> Iterator[World]:
    """One stack for the whole file: each test goes on from where the one before it left."""
    with world("dev") as made:
        made.session.up()
        yield made


def authorities(roots: list[int], root: int, intermediates: list[int], intermediate: int) -> dict[str, Any]:
    def kind(numbers: list[int], signing: int) -> dict[str, Any]:
        generations = [{"number": number, "issued": str(ISSUED)} for number in numbers]
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
    [step] = [step for step in run.changes() if step.name == "mesh-certificate-authority-cacerts"]
    assert step.op == "update"
    assert cacerts(dev) == before
    assert run.of("delete", "replace", "delete-replaced", "create-replacement") == []


def test_without_mutable_secrets_cacerts_would_be_replaced(dev: World) -> None:
    """Negative control: in the gap istiod would make an authority of its own."""
    provider = pulumi_kubernetes.Provider

    def immutable(*args: Any, **options: Any) -> pulumi_kubernetes.Provider:
        return provider(*args, **{**options, "enable_secret_mutable": None})

    dev.session.change(authorities([1], 1, [1, 2], 1))
    with mock.patch("components.cluster.component.kubernetes.Provider", immutable):
        steps = dev.session.preview().changes()
    assert "replace" in {step.op for step in steps if step.name == "mesh-certificate-authority-cacerts"}
    dev.session.change(authorities([1], 1, [1, 2], 2))


def test_a_skipped_phase_is_refused_before_cacerts(dev: World) -> None:
    mark = len(dev.deeds)
    dev.session.change(authorities([1, 2], 2, [1, 2], 2))
    for act in (dev.session.preview, dev.session.up):
        with pytest.raises(RunFailedError, match="would sign before workloads trust it"):
            act()
    assert not [deed for deed in dev.since(mark) if deed.name == "mesh-certificate-authority-cacerts"]


# Each step of a root rotation, and the days after the step before it from which it is free.
ROTATION = [
    (1, authorities([1, 2], 1, [2], 2), "adds a root too early"),
    (1, authorities([1, 2], 2, [2], 2), "would sign too early"),
    (2, authorities([2], 2, [2], 2), "drops root 1 too early"),
]


def test_every_step_of_a_root_rotation_waits_and_updates_cacerts_in_place(dev: World) -> None:
    before = cacerts(dev)
    for days, step, said in ROTATION:
        dev.session.change(step)
        dev.session.today += datetime.timedelta(days=days - 1)
        mark = len(dev.deeds)
        with pytest.raises(RunFailedError, match=said):
            dev.session.up()
        assert not [deed for deed in dev.since(mark) if deed.name == "mesh-certificate-authority-cacerts"]
        dev.session.today += datetime.timedelta(days=1)
        dev.session.up()
        assert cacerts(dev) == before
    assert dev.session.preview().changes() == []


def test_an_up_without_changes_keeps_the_moments(dev: World) -> None:
    before = dev.session.outputs()["certificates"]["since"]
    dev.session.today += datetime.timedelta(days=1)
    assert dev.session.up().changes() == []
    assert dev.session.outputs()["certificates"]["since"] == before


def test_when_an_up_fails_before_its_outputs_the_state_says_what_cacerts_holds(dev: World) -> None:
    """The name of a load balancer is one of the outputs: without it the engine keeps all of the last ones."""
    before = dev.session.outputs()["certificates"]
    dev.session.today += datetime.timedelta(days=1)
    inside = {"inside": {"scheme": "internal", "hosts": ["bookinfo/inside.acme.dev"]}}
    dev.session.change({**authorities([2, 3], 2, [2], 2), "gateways": inside})
    dev.fail_once("aws:lb/loadBalancer:LoadBalancer")
    with pytest.raises(RunFailedError):
        dev.session.up()
    assert dev.session.outputs()["certificates"] == before
    held = last_up.held(last_up.resources(cli(dev), dev.session.stack))
    assert held == trust.state_of('{"roots": [2, 3], "root": 2, "intermediate": 2}')
    dev.session.up()


def test_refused_settings_leave_the_last_outputs(dev: World) -> None:
    """A step is held against them also after an `up` that did not get anywhere."""
    before = dev.session.outputs()["certificates"]
    dev.session.change({"mesh": {"size": "huge"}})
    with pytest.raises(RunFailedError, match=r"mesh\.size"):
        dev.session.up()
    dev.session.change({"mesh": {"size": None}})
    assert dev.session.outputs().get("certificates") == before


def cli(world: World) -> Run:
    """Pulumi as `make up` calls it."""

    def run(command: Sequence[str]) -> Result:
        done = world.session.cli(*[each for each in command[1:] if each not in ("--stack", world.session.stack)])
        return Result(code=done.returncode, out=done.stdout, err=done.stderr)

    return run


def test_an_istiod_is_not_removed_under_its_proxies(dev: World) -> None:
    dev.session.change({"mesh": {"version": "1.31.2"}})
    with pytest.raises(RunFailedError, match="removes the istiod of"):
        dev.session.preview()
    dev.session.change({"mesh": {"version": None}})
