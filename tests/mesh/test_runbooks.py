"""What runbooks type at a cluster, typed by bash: it is understood, does what is meant, and fails where it should."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from components.settings import names
from local.world.mesh import Mesh
from tests.support.mesh import asking, gateways, live, meshes
from tests.support.unit import runbooks
from tests.support.unit.runbooks import Step

BOOKS = [runbooks.read(name) for name in runbooks.NAMES]
STEPS = [step for book in BOOKS for step in book.steps]
# An operator forgets the one, and the other has nothing to restart.
LEFT_OUT, DESERTED = "left-out", "deserted"
REVISION = {names.REVISION_LABEL: "stable"}


def typed_at_a_cluster(step: Step, *parts: str) -> list[str]:
    """kubectl here has nobody to ask for logs: test_rotation holds what is looked for in them against istiod's."""
    lines = [command.line for part in parts for command in step.parts[part]]
    return [line for line in lines if "kubectl" in line and " logs " not in line]


# Of a step that restarts all pods: what it does, beginning with the moment, and how it is checked.
RESTARTS = {
    (tuple(command.line for command in step.parts["Do"]), *typed_at_a_cluster(step, "Check"))
    for step in STEPS
    if any("rollout status" in line for line in typed_at_a_cluster(step, "Do"))
}
OF_RESTARTS = {line for do, check in RESTARTS for line in (*do, check)}
IN_BLOCKS = {line for step in STEPS for line in typed_at_a_cluster(step, *step.parts)}
IN_SENTENCES = {line for book in BOOKS for line in re.findall(r"`(kubectl [^`\n]+)`", book.text)}
OTHERS = sorted((IN_BLOCKS | IN_SENTENCES) - OF_RESTARTS)


def typed(mesh: Mesh, *lines: str) -> "subprocess.CompletedProcess[str]":
    """By somebody who is logged in, and stops where a line fails."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {**os.environ, "PATH": path, "KUBECONFIG": str(mesh.control_plane.kubeconfig)}
    command = ["bash", "-e", "-o", "pipefail", "-c", "\n".join(lines)]
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=200)


def proxies(mesh: Mesh, namespaces: Sequence[str]) -> set[str]:
    """Pods that are to stay."""
    pods = [pod for namespace in namespaces for pod in mesh.control_plane.api.list("v1", "Pod", namespace)]
    return {str(pod["metadata"]["uid"]) for pod in pods if not gateways.leaves(pod)}


@pytest.fixture
def restarted(dev: Mesh) -> Iterator[Mesh]:
    """A mesh with a namespace in which nothing runs; its gateway serves again afterwards."""
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": DESERTED, "labels": REVISION}}
    with live.added(dev, namespace), gateways.at_once(dev):
        yield dev
        gateways.settle(dev)


def test_the_runbooks_have_both_kinds() -> None:
    assert len(OTHERS) >= 3
    assert len(RESTARTS) == 1


@pytest.mark.parametrize("line", OTHERS)
def test_a_line_is_understood_and_finds_something(dev: Mesh, line: str) -> None:
    done = typed(dev, line)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()
    # One of them makes istiod anew.
    meshes.eventually(lambda: _rolled(dev))


@pytest.mark.parametrize(("do", "check"), RESTARTS)
def test_a_restart_replaces_every_pod_and_its_check_names_who_was_left_out(
    restarted: Mesh, do: Sequence[str], check: str
) -> None:
    where = (names.BOOKINFO, gateways.WORKLOAD)
    old = proxies(restarted, where)
    with asking.caller(restarted, names.BOOKINFO, LEFT_OUT):
        done = typed(restarted, *do, 'echo "$RESTARTED"')
        assert done.returncode == 0, done.stderr
        assert old.isdisjoint(proxies(restarted, where))
        since = f"export RESTARTED={done.stdout.splitlines()[-1]}"
        end_leaving(restarted, where)
        found = typed(restarted, since, check)
        assert (found.returncode, found.stdout) == (1, f"{names.BOOKINFO}/{LEFT_OUT} is from before\n")
    found = typed(restarted, since, check)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def end_leaving(mesh: Mesh, namespaces: Sequence[str]) -> None:
    """At once: an old pod of a gateway drains for as long as in AWS."""
    api = mesh.control_plane.api
    for pod in [pod for namespace in namespaces for pod in api.list("v1", "Pod", namespace) if gateways.leaves(pod)]:
        api.delete("v1", "Pod", pod["metadata"]["name"], pod["metadata"]["namespace"], wait=30, grace=0)


def _rolled(mesh: Mesh) -> None:
    found = mesh.control_plane.api.list("apps/v1", "Deployment", names.ISTIO_SYSTEM, labels="app=istiod")
    assert found
    for each in found:
        status = each["status"]
        assert status["observedGeneration"] == each["metadata"]["generation"]
        assert status["replicas"] == status.get("updatedReplicas") == status.get("readyReplicas"), status
