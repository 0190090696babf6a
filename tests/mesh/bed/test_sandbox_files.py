"""Files of pods: volumes at their paths, names of Services, and nothing written that others see."""

import time
from pathlib import Path

import pytest

from local.node.hosts import Hosts
from local.node.layer import HOSTS
from local.tools import tools
from tests.support.mesh.pods import APP, Pods, said


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Of a volume that every user may read."""
    tmp_path.chmod(0o755)
    return tmp_path


def test_a_volume_is_at_exactly_its_path_even_through_links(make: Pods, source: Path) -> None:
    (source / "token").write_text("secret")
    pod = make()
    pod.volume("/var/run/secrets/tokens", source, read_only=True)
    assert said(pod, "cat", "/var/run/secrets/tokens/token") == "secret"
    assert not Path("/var/run/secrets/tokens").exists()


def test_a_volume_that_is_swapped_whole_is_seen_at_once(make: Pods, source: Path) -> None:
    for version in ("1", "2"):
        (source / f"..{version}").mkdir()
        (source / f"..{version}" / "ca.crt").write_text(version)
    (source / "..data").symlink_to("..1")
    (source / "ca.crt").symlink_to("..data/ca.crt")
    pod = make()
    pod.volume("/etc/cacerts", source, read_only=True)
    assert said(pod, "cat", "/etc/cacerts/ca.crt") == "1"
    (source / "..new").symlink_to("..2")
    (source / "..new").replace(source / "..data")
    assert said(pod, "cat", "/etc/cacerts/ca.crt") == "2"


def test_a_volume_may_be_a_file_and_may_be_within_another(make: Pods, source: Path) -> None:
    outer, inner, file = source / "outer", source / "inner", source / "file"
    outer.mkdir()
    inner.mkdir()
    file.write_text("of a file")
    (inner / "crl.pem").write_text("none")
    pod = make()
    pod.volume("/var/run/secrets/istio", outer, read_only=True)
    pod.volume("/var/run/secrets/istio/crl", inner, read_only=True)
    pod.volume("/etc/app/config.yaml", file, read_only=True)
    assert said(pod, "cat", "/var/run/secrets/istio/crl/crl.pem", "/etc/app/config.yaml") == "noneof a file"


def test_a_volume_above_what_programs_need_hides_none_of_it(make: Pods, source: Path) -> None:
    (source / "own").touch()
    pod, above = make(), str(tools.ROOT.parent)
    pod.volume(above, source, read_only=True)
    assert {"own", tools.ROOT.name} <= set(said(pod, "ls", above).split())
    said(pod, "test", "-f", str(tools.ROOT / "pyproject.toml"))
    pod.remove()
    assert (tools.ROOT / "pyproject.toml").exists()


def test_read_only_is_read_only_even_for_root(make: Pods, source: Path) -> None:
    pod = make()
    pod.volume("/data", source, read_only=False)
    pod.volume("/fixed", source, read_only=True)
    said(pod, "touch", "/data/there", uid=0)
    assert pod.run(["touch", "/fixed/not"], {}, uid=0, gid=0, timeout=5).returncode != 0
    assert [each.name for each in source.iterdir()] == ["there"]


def test_what_a_pod_writes_is_its_own(make: Pods) -> None:
    one, two = make(), make()
    for place in (
        "/etc/made-here",
        "/tmp/made-here",
        "/usr/made-here",
        "/run/made-here",
        "/made-here",
        "/dev/made-here",
    ):
        said(one, "touch", place, uid=0)
        assert two.run(["test", "-e", place], {}, uid=0, gid=0, timeout=5).returncode != 0
        assert not Path(place).exists()


def test_root_in_a_pod_owns_nothing_of_the_computers(make: Pods) -> None:
    pod = make()
    for place in ("/", "/dev", "/dev/shm", "/etc", "/run", "/tmp", "/usr", str(tools.ROOT)):
        assert said(pod, "stat", "-c", "%d", place, uid=0) != str(Path(place).stat().st_dev), place
    # What is there already, in case that it can.
    again = "read now < /proc/sys/vm/swappiness; echo $now > /proc/sys/vm/swappiness"
    assert "Read-only" in pod.run(["sh", "-c", again], {}, uid=0, gid=0, timeout=5).stderr


def test_a_file_of_names_is_current_in_all_pods(make: Pods, source: Path) -> None:
    hosts = Hosts(source)
    pod = make()
    pod.volume(HOSTS, hosts.of("shop"), read_only=True)
    hosts.changed("ADDED", {"metadata": {"name": "cart", "namespace": "shop"}, "spec": {"clusterIP": "10.96.0.7"}})
    assert said(pod, "getent", "hosts", "cart").split() == ["10.96.0.7", "cart"]
    began = time.monotonic()
    assert pod.run(["getent", "hosts", "nobody.example"], {}, uid=APP, gid=APP, timeout=20).returncode != 0
    assert time.monotonic() - began < 2
