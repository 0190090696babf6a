"""Containers, as plain processes of this computer: starts, restarts, ends."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.node import ending
from local.node.container import Container
from local.node.container_status import Role, Running, Terminated, Waiting
from local.node.environment import NotThereError
from local.node.surroundings import NotAllowedError, Surroundings, user
from local.processes import Process, poll

ROOT = SimpleNamespace(argv=["sh", "-c"], env={"PATH": os.environ["PATH"]}, uid=0, gid=0)
SOON = 10.0


class Bare:
    """Programs without walls around them."""

    def start(self, name: str, argv: Sequence[str], env: Mapping[str, str], *, log: Path, **how: object) -> Process:
        return Process(name, argv, log=log, env=env)

    def run(
        self, argv: Sequence[str], env: Mapping[str, str], *, timeout: float, **how: object
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=timeout, check=False)


class World:
    """Containers of one pod that write to one log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Container] = []
        self.missing: str | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    def container(self, script: str, *, role: Role = Role.MAIN, policy: str = "Always", **spec: Any) -> Container:
        around = Surroundings(
            pod={"metadata": {"uid": "u"}, "spec": {"restartPolicy": policy}},
            sandbox=Bare(),  # type: ignore[arg-type]
            address="127.0.0.1",
            image=lambda image: None if image == "unknown" else ROOT,
            environment=self.environment,
            log=lambda name: self.folder / "log",
            changed=lambda: None,
            now=lambda: "2026-11-22T12:00:00Z",
        )
        spec = {"name": f"c{len(self.made)}", "image": "web", "args": [script], **spec}
        self.made.append(Container(spec, role, around, "ContainerCreating"))
        return self.made[-1]

    def running(self, script: str, **how: Any) -> Container:
        made = self.container(script, **how)
        made.begin()
        return made

    def environment(self, spec: Mapping[str, Any]) -> dict[str, str]:
        if self.missing:
            raise NotThereError(self.missing)
        self.meanwhile()
        return {"LOG": str(self.folder / "log"), "NAME": spec["name"]}

    @property
    def log(self) -> list[str]:
        return (self.folder / "log").read_text().split() if (self.folder / "log").exists() else []


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    for each in made.made:
        each.kill()


def soon(world: World, *said: str) -> None:
    assert poll(lambda: world.log == list(said), within=SOON, every=0.02), world.log


def state(container: Container, kind: type) -> Any:
    assert poll(lambda: isinstance(container.seen().state, kind), within=SOON, every=0.02), container.seen()
    return container.seen().state


def hook(script: str) -> dict[str, Any]:
    return {"exec": {"command": ["sh", "-c", script]}}


# Ends when it is asked to, and says so.
POLITE = "trap 'echo $NAME; exit 0' TERM; echo up; while :; do sleep 0.05; done"


def test_arguments_are_expanded(world: World) -> None:
    world.running("echo $(NAME) '$$(NAME)'; sleep 60")
    soon(world, "c0", "$(NAME)")


def test_a_container_that_ends_comes_back_and_says_how_it_ended(world: World) -> None:
    container = world.running("echo x; sleep 0.1; exit 3")
    assert poll(lambda: container.seen().restarts == 1, within=SOON)
    # The first time at once, then later.
    assert state(container, Waiting).reason == "CrashLoopBackOff"
    last = container.seen().last
    assert last is not None
    assert last.code == 3


@pytest.mark.parametrize(
    ("policy", "role", "code", "comes_back"),
    [
        ("Always", Role.MAIN, 0, True),
        ("OnFailure", Role.MAIN, 0, False),
        ("OnFailure", Role.MAIN, 1, True),
        ("Never", Role.MAIN, 1, False),
        ("Always", Role.INIT, 0, False),
        ("Always", Role.INIT, 1, True),
        ("Never", Role.INIT, 1, False),
        ("Never", Role.SIDECAR, 0, True),
    ],
)
def test_who_comes_back(world: World, policy: str, role: Role, code: int, comes_back: bool) -> None:
    container = world.running(f"echo x; exit {code}", policy=policy, role=role)
    if comes_back:
        assert poll(lambda: container.seen().restarts > 0, within=SOON)
    else:
        assert container.over.wait(SOON)
        assert (container.seen().restarts, container.seen().state.code) == (0, code)  # type: ignore[union-attr]


def test_a_container_is_ready_when_its_probes_say_so(world: World) -> None:
    there = world.folder / "there"
    probe = {**hook(f"test -e {there}"), "periodSeconds": 0.05, "timeoutSeconds": 5}
    container = world.running("sleep 60", startupProbe={**probe, "failureThreshold": 1000}, readinessProbe=probe)
    state(container, Running)
    assert (container.seen().started, container.seen().ready) == (False, False)
    there.touch()
    assert poll(lambda: container.seen().ready, within=SOON)
    assert container.seen().started
    there.unlink()
    assert poll(lambda: not container.seen().ready, within=SOON)
    assert container.seen().restarts == 0


@pytest.mark.parametrize("kind", ["livenessProbe", "startupProbe"])
def test_a_container_that_is_not_well_starts_anew(world: World, kind: str) -> None:
    probe = {**hook("false"), "periodSeconds": 0.05, "failureThreshold": 2}
    container = world.running(POLITE, **{kind: probe})
    assert poll(lambda: container.seen().restarts == 1, within=SOON)
    last = container.seen().last
    assert last is not None
    assert kind.removesuffix("Probe") in last.message
    assert world.log[:2] == ["up", "c0"]


def test_the_next_one_waits_for_the_hook_of_this_one(world: World) -> None:
    go = world.folder / "go"
    later = hook(f"while ! test -e {go}; do sleep 0.02; done")
    container = world.running("sleep 60", lifecycle={"postStart": later})
    state(container, Running)
    assert (container.passed, container.seen().ready) == (False, False)
    go.touch()
    assert poll(lambda: container.passed and container.seen().ready, within=SOON)


def test_a_hook_that_fails_ends_the_container(world: World) -> None:
    container = world.running("sleep 60", lifecycle={"postStart": hook("echo no; exit 1")}, policy="Never")
    ended = state(container, Terminated)
    assert (ended.code, ended.message) == (128 + 9, "PostStartHookError: no")


def test_nothing_is_started_until_its_variables_are_there(world: World) -> None:
    world.missing = 'Secret "login" not found'
    container = world.running("echo up; sleep 60")
    assert poll(lambda: "login" in getattr(container.seen().state, "message", ""), within=SOON)
    assert state(container, Waiting).reason == "CreateContainerConfigError"
    # It does not keep the others from starting.
    assert container.passed
    world.missing = None
    soon(world, "up")


def test_an_image_that_nothing_stands_for_is_named(world: World) -> None:
    container = world.running("true", image="unknown")
    assert poll(lambda: "unknown" in getattr(container.seen().state, "message", ""), within=SOON)


def test_the_hook_of_the_end_comes_before_the_signal(world: World) -> None:
    container = world.running(POLITE, lifecycle={"preStop": hook("sleep 0.2; echo hook >> $LOG")})
    soon(world, "up")
    container.stop(30)
    assert world.log == ["up", "hook", "c0"]
    assert (container.seen().restarts, container.over.is_set()) == (0, True)


def test_a_sleep_before_the_end_is_shortened(world: World) -> None:
    container = world.running(POLITE, lifecycle={"preStop": {"sleep": {"seconds": 10}}})
    soon(world, "up")
    began = time.monotonic()
    container.stop(60)
    assert 0.5 <= time.monotonic() - began < 5


def test_whoever_does_not_listen_is_ended_after_the_grace(world: World) -> None:
    container = world.running("trap '' TERM; echo up; while :; do sleep 0.05; done")
    soon(world, "up")
    began = time.monotonic()
    container.stop(0.1)
    # Nobody gets less than that.
    assert 2 <= time.monotonic() - began < 5
    assert state(container, Terminated).code == 128 + 9


def test_sidecars_outlive_what_they_serve(world: World) -> None:
    """The hooks of all run at once; then the others end, then sidecars from last to first."""
    first = world.running(POLITE, role=Role.SIDECAR, lifecycle={"preStop": hook("echo hook >> $LOG")})
    second = world.running(POLITE, role=Role.SIDECAR)
    main = world.running(POLITE, lifecycle={"preStop": hook("sleep 0.5")})
    soon(world, "up", "up", "up")
    ending.stop([first, second, main], 30).join()
    assert world.log[3:] == ["hook", "c2", "c1", "c0"]


def test_a_pod_is_finished_when_only_sidecars_are_left(world: World) -> None:
    main = world.running("exit 0", policy="Never")
    containers = [world.running(POLITE, role=Role.SIDECAR), main]
    assert main.over.wait(SOON)
    assert ending.finished(containers)
    assert not ending.finished([*containers, world.running(POLITE)])


def test_an_end_in_the_middle_of_a_start_leaves_nothing(world: World) -> None:
    container = world.container(POLITE)
    killer = threading.Thread(target=container.kill, daemon=True)

    def end() -> None:
        killer.start()
        # It has found nothing to end by then.
        time.sleep(0.2)

    world.meanwhile = end
    container.begin()
    assert container.over.wait(SOON)
    assert world.log == []


@pytest.mark.parametrize(
    ("container", "pod", "ids"),
    [
        ({}, {}, (1000, 1000)),
        ({}, {"runAsUser": 1337}, (1337, 0)),
        ({}, {"runAsUser": 1337, "runAsGroup": 1337}, (1337, 1337)),
        ({"runAsUser": 5}, {"runAsUser": 1337, "runAsGroup": 7}, (5, 7)),
        ({}, {"runAsNonRoot": True}, (1000, 1000)),
    ],
)
def test_whom_a_container_runs_as(container: dict[str, Any], pod: dict[str, Any], ids: tuple[int, int]) -> None:
    image = SimpleNamespace(argv=[], env={}, uid=1000, gid=1000)
    found = user({"name": "c", "securityContext": container}, {"spec": {"securityContext": pod}}, image)
    assert (found.uid, found.gid) == ids


def test_root_is_refused_where_it_is_not_wanted() -> None:
    with pytest.raises(NotAllowedError, match="runAsNonRoot"):
        user({"name": "c"}, {"spec": {"securityContext": {"runAsNonRoot": True}}}, ROOT)


@pytest.mark.parametrize(
    ("said", "has", "has_not"),
    [
        ({}, "chown", "net_admin"),
        ({"drop": ["ALL"], "add": ["NET_ADMIN"]}, "net_admin", "chown"),
        ({"drop": ["CHOWN"]}, "kill", "chown"),
    ],
)
def test_what_a_container_may_do(said: dict[str, list[str]], has: str, has_not: str) -> None:
    found = user({"name": "c", "securityContext": {"capabilities": said}}, {"spec": {}}, ROOT).capabilities
    assert has in found
    assert has_not not in found


def test_groups_of_the_pod_are_those_of_its_containers() -> None:
    context = {"fsGroup": 2000, "supplementalGroups": [3000]}
    assert user({"name": "c"}, {"spec": {"securityContext": context}}, ROOT).groups == {2000, 3000}
