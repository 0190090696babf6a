"""Pods without a container runtime: reached by their addresses, apart from each other, and gone without a trace."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local.node import mounts, network
from local.node.interception import STATUS
from local.node.namespaces import SandboxError
from local.node.sandbox import PodSandbox
from local.processes import poll
from tests.support.mesh.pods import ASK, NODE, Pods, ask, folder, inside, left, said, serve

SIDECAR = {
    "metadata": {"annotations": {STATUS: "{}"}},
    "spec": {"containers": [{"name": "istio-proxy", "args": ["proxy", "sidecar"]}]},
}


def test_pods_and_node_reach_each_other_as_themselves(make: Pods, host: None) -> None:
    one, two = make(), make()
    serve(two, 8080, "two")
    assert ask(one, two.address) == f"two {one.address}"
    assert ask(one, NODE) == f"node {one.address}"
    asked = [sys.executable, "-c", ASK, two.address, "8080"]
    assert subprocess.check_output(asked, text=True).strip() == f"two {NODE}"


def test_nothing_of_one_pods_network_is_in_another(make: Pods) -> None:
    one, two = make(), make()
    serve(one, 8080, "one")
    serve(two, 8080, "two")
    assert ask(two, "127.0.0.1") == "two 127.0.0.1"
    assert said(one, "hostname") == "pod-2"


def test_sysctls_are_the_pods_own(make: Pods) -> None:
    one, two = make(net__ipv4__ip_unprivileged_port_start="0"), make()
    name = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
    assert said(one, "cat", name) == "0"
    assert said(two, "cat", name) == Path(name).read_text().strip() != "0"


def test_a_sysctl_of_the_whole_computer_is_refused_and_leaves_nothing(make: Pods) -> None:
    with pytest.raises(SandboxError, match=r"kernel\.panic"):
        make(kernel__panic="1")
    assert not [each for each in mounts.points() if each.startswith(f"{folder()}/pod-")]


def test_nothing_is_left_of_a_removed_pod(make: Pods, tmp_path: Path) -> None:
    pod = make()
    before = left()
    pod.volume("/data", tmp_path, read_only=False)
    (tmp_path / "kept").write_text("")
    assert pod.intercept(SIDECAR)
    processes = [serve(pod, 8080, "app"), pod.start("deaf", ["sleep", "600"], {}, uid=0, gid=0, log=tmp_path / "log")]
    waiting = threading.Thread(target=pod.run, args=[["sleep", "600"], {}], kwargs={"uid": 0, "gid": 0, "timeout": 60})
    waiting.start()
    assert poll(lambda: len(inside(pod)) == 3, within=5)
    assert network.link(pod.address) in before["links"]
    pod.remove()
    waiting.join(5)
    assert not waiting.is_alive()
    assert all(each.exit_status is not None for each in processes)
    after = left()
    assert not [each for kind in after.values() for each in kind.splitlines() if "pod-2" in each or pod.address in each]
    assert network.link(pod.address) not in after["links"]
    assert not any((folder() / "pod-2").iterdir())
    assert (tmp_path / "kept").is_file()
    pod.remove()
    with pytest.raises(SandboxError, match="gone"):
        pod.run(["true"], {}, uid=0, gid=0, timeout=5)


def test_an_address_can_be_had_again_at_once(make: Pods, host: None) -> None:
    first = make()
    first.remove()
    again = PodSandbox.create("again", first.address, folder() / "again", hostname="again", sysctls={})
    try:
        assert ask(again, NODE) == f"node {first.address}"
    finally:
        again.remove()


def test_an_address_in_use_is_refused_and_the_pod_that_has_it_stays(make: Pods, host: None) -> None:
    first = make()
    with pytest.raises(SandboxError, match="exists"):
        PodSandbox.create("twin", first.address, folder() / "twin", hostname="twin", sysctls={})
    assert ask(first, NODE) == f"node {first.address}"
