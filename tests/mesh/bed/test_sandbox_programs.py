"""Programs in pods: users, rights, signals, and an end that takes along all they started."""

import subprocess
import threading
import time
from pathlib import Path

import pytest

from local.node import images
from local.node.sandbox import PodSandbox
from local.processes import poll
from tests.support.mesh.pods import APP, PROXY, Pods, inside, said, serve


def test_a_program_has_the_user_groups_and_variables_asked_for_and_no_more(make: Pods) -> None:
    pod = make()
    env = {"GREETING": "hello"}
    done = pod.run(
        ["sh", "-c", "id -u; id -G; pwd; env"], env, uid=PROXY, gid=2, groups=[7], timeout=5, cwd="/etc/istio"
    )
    user, groups, folder, *variables = done.stdout.splitlines()
    assert (user, groups, folder) == (str(PROXY), "2 7", "/etc/istio")
    assert {each.partition("=")[0] for each in variables} - {"PWD", "SHLVL", "_"} == {"GREETING", "HOME", "PATH"}


@pytest.mark.parametrize(
    ("uid", "asked", "effective"),
    [(0, [], 0), (0, ["NET_ADMIN"], 1 << 12), (0, ["CAP_NET_BIND_SERVICE"], 1 << 10), (APP, ["NET_ADMIN"], 0)],
)
def test_capabilities_are_those_asked_for(make: Pods, uid: int, asked: list[str], effective: int) -> None:
    status = said(make(), "cat", "/proc/self/status", uid=uid, capabilities=asked)
    values = dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)
    assert int(values["CapEff"], 16) == effective
    assert int(values["CapInh"], 16) == int(values["CapAmb"], 16) == 0
    assert values["NoNewPrivs"] == "1"


@pytest.mark.parametrize("image", ["proxyv2", "pilot", "install-cni", images.CLIENT])
def test_each_images_program_can_be_started_by_any_user(make: Pods, image: str) -> None:
    program = images.program(image)
    assert program is not None
    probe = [*program.argv[:1], "version"] if image in ("proxyv2", "pilot") else ["test", "-x", program.argv[0]]
    said(make(), *probe, uid=PROXY)


def test_envoy_and_its_bootstrap_are_where_the_image_has_them(make: Pods) -> None:
    pod = make()
    assert "version" in said(pod, "/usr/local/bin/envoy", "--version", uid=PROXY)
    assert "static_resources" in said(pod, "cat", "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json", uid=PROXY)
    said(pod, "touch", "/etc/istio/proxy/written", uid=PROXY)


def test_idle_programs_are_ready_and_end_at_once(make: Pods, tmp_path: Path) -> None:
    pod = make()
    argv = ["install-cni", "--log_output_level=default:info"]
    process = pod.start("cni", argv, {}, uid=0, gid=0, log=tmp_path / "log")
    asked = ["curl", "-sf", "--noproxy", "*", "--max-time", "1", f"http://{pod.address}:8000/readyz"]
    assert poll(lambda: pod.run(asked, {}, uid=APP, gid=APP, timeout=5).returncode == 0, within=10), process.tail()
    began = time.monotonic()
    process.stop(grace=5)
    assert time.monotonic() - began < 2
    assert process.exit_status == 0


def test_a_signal_reaches_the_program_and_its_end_is_its_own(make: Pods) -> None:
    process = serve(make(), 8080, "app")
    process.stop(grace=5)
    assert process.exit_status == 0


def test_a_program_that_is_not_there_says_so_in_its_log(make: Pods, tmp_path: Path) -> None:
    process = make().start("app", ["no-such-program"], {}, uid=APP, gid=APP, log=tmp_path / "log")
    assert process.wait(5)
    assert process.exit_status == 127
    assert "no-such-program" in process.tail()


def test_what_a_program_started_ends_with_it(make: Pods, tmp_path: Path) -> None:
    pod = make()
    script = "(setsid sleep 600 </dev/null >/dev/null 2>&1 &) ; echo started; exec sleep 600"
    process = pod.start("app", ["sh", "-c", script], {}, uid=APP, gid=APP, log=tmp_path / "log")
    process.until(lambda: "started" in process.tail() and len(inside(pod)) == 2, within=5)
    process.stop(grace=0)
    assert poll(lambda: not inside(pod), within=5)


def test_a_command_that_takes_too_long_is_ended_with_all_it_started(make: Pods) -> None:
    pod = make()
    with pytest.raises(subprocess.TimeoutExpired):
        pod.run(["sh", "-c", "setsid sleep 600 & sleep 600"], {}, uid=APP, gid=APP, timeout=0.5)
    assert poll(lambda: not inside(pod), within=5)


def test_a_command_reads_what_it_is_given(make: Pods) -> None:
    assert said(make(), "cat", text="said\n") == "said"


def test_many_threads_may_start_programs(make: Pods) -> None:
    pods = [make() for _ in range(3)]
    answers: list[str] = []

    def start(pod: PodSandbox) -> None:
        answers.extend(said(pod, "hostname") for _ in range(10))

    threads = [threading.Thread(target=start, args=[pod]) for pod in pods]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted(["pod-2", "pod-3", "pod-4"] * 10)
    # What is started later is as it would have been.
    assert Path("/proc/self/ns/pid").readlink() == Path("/proc/self/ns/pid_for_children").readlink()
