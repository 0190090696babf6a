"""What pods find in their volumes."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.node.contents import Projector, Token
from local.node.environment import NotThereError, UnsupportedError
from local.node.volumes import Volumes

Objects = dict[tuple[str, str], dict[str, bytes]]
CACERTS = {"ca-cert.pem": b"certificate", "ca-key.pem": b"key"}
OPTIONAL = {"name": "cacerts", "secret": {"secretName": "cacerts", "optional": True}}


class Stored:
    """Contents that a test sets."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects

    def data(self, kind: str, name: str) -> Mapping[str, bytes] | None:
        return self.objects.get((kind, name))

    def token(self, audience: str, seconds: int) -> Token:
        return Token.lasting(f"token for {audience or 'the API server'}", seconds)


class Mounted:
    """The volumes of a pod, in a folder of the test's."""

    def __init__(self, folder: Path, *volumes: Mapping[str, Any], objects: Objects | None = None, **spec: Any) -> None:
        self.stored = Stored(objects or {})
        self.folder = folder
        self.pod = {
            "metadata": {"name": "web", "namespace": "shop", "uid": "u", "labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web"}], "volumes": list(volumes), **spec},
        }
        projector = Projector(pod=self.pod, sources=self.stored, allocatable={"cpu": "2"})
        self.volumes = Volumes(projector, folder)

    def write(self) -> "Mounted":
        self.volumes.write()
        return self

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()

    def seen(self, volume: str) -> list[str]:
        return sorted(each.name for each in (self.folder / volume).iterdir() if not each.name.startswith(".."))

    def mode(self, path: str) -> str:
        return oct(stat.S_IMODE((self.folder / path).stat().st_mode))


def secret(**fields: Any) -> dict[str, Any]:
    return {"name": "v", "secret": {"secretName": "cacerts", **fields}}


def projected(*sources: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": "v", "projected": {"sources": list(sources), **fields}}


def test_an_optional_secret_appears_when_it_comes_to_be(tmp_path: Path) -> None:
    pod = Mounted(tmp_path, OPTIONAL).write()
    assert pod.seen("cacerts") == []
    pod.stored.objects["Secret", "cacerts"] = dict(CACERTS)
    assert pod.write().seen("cacerts") == ["ca-cert.pem", "ca-key.pem"]
    del pod.stored.objects["Secret", "cacerts"]
    assert pod.write().seen("cacerts") == []


def test_a_secret_that_is_not_optional_has_to_be_there(tmp_path: Path) -> None:
    pod = Mounted(tmp_path, secret(), {"name": "w", "emptyDir": {}})
    with pytest.raises(NotThereError, match='volume "v": Secret "cacerts" not found'):
        pod.write()
    # The others do not wait for it.
    assert pod.seen("w") == []


def test_all_files_change_at_once(tmp_path: Path) -> None:
    pod = Mounted(tmp_path, OPTIONAL, objects={("Secret", "cacerts"): dict(CACERTS)}).write()
    folder = tmp_path / "cacerts"
    before = (folder / "..data").readlink()
    assert (folder / "ca-key.pem").readlink() == Path("..data/ca-key.pem")
    pod.stored.objects["Secret", "cacerts"] = {"ca-cert.pem": b"new", "root-cert.pem": b"root"}
    pod.write()
    assert (folder / "..data").readlink() != before
    assert not (folder / before).exists()
    assert (pod.seen("cacerts"), pod.read("cacerts/ca-cert.pem")) == (["ca-cert.pem", "root-cert.pem"], "new")


def test_nothing_moves_while_nothing_changes(tmp_path: Path) -> None:
    pod = Mounted(tmp_path, OPTIONAL, objects={("Secret", "cacerts"): dict(CACERTS)}).write()
    before = (tmp_path / "cacerts/..data").readlink()
    pod.write()
    assert (tmp_path / "cacerts/..data").readlink() == before


def test_chosen_keys_land_at_their_paths_with_their_modes(tmp_path: Path) -> None:
    items = [{"key": "ca-key.pem", "path": "private/key", "mode": 0o400}, {"key": "ca-cert.pem", "path": "cert"}]
    volume = secret(items=items, defaultMode=0o440)
    pod = Mounted(tmp_path, volume, objects={("Secret", "cacerts"): dict(CACERTS)}).write()
    assert pod.seen("v") == ["cert", "private"]
    assert (pod.mode("v/private/key"), pod.mode("v/cert")) == ("0o400", "0o440")


def test_a_chosen_key_that_is_missing(tmp_path: Path) -> None:
    chosen: dict[str, Any] = {"items": [{"key": "none", "path": "none"}]}
    objects: Objects = {("Secret", "cacerts"): dict(CACERTS)}
    with pytest.raises(NotThereError, match="no key none"):
        Mounted(tmp_path / "needed", secret(**chosen), objects=objects).write()
    optional = secret(**chosen, optional=True)
    assert Mounted(tmp_path / "optional", optional, objects=objects).write().seen("v") == []


def test_sources_are_projected_into_one_folder(tmp_path: Path) -> None:
    volume = projected(
        {"serviceAccountToken": {"path": "token", "audience": "istio-ca"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
        {"secret": {"name": "none", "optional": True}},
    )
    pod = Mounted(tmp_path, volume, objects={("ConfigMap", "kube-root-ca.crt"): {"ca.crt": b"root"}}).write()
    assert pod.seen("v") == ["ca.crt", "namespace", "token"]
    assert pod.read("v/token") == "token for istio-ca"
    assert (pod.read("v/namespace"), pod.read("v/ca.crt")) == ("shop", "root")


def test_labels_follow_the_pod(tmp_path: Path) -> None:
    volume = {"name": "v", "downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}}
    pod = Mounted(tmp_path, volume).write()
    assert pod.read("v/l") == 'app="web"'
    pod.volumes.follow({**pod.pod, "metadata": {"labels": {"app": "other"}}})
    assert pod.write().read("v/l") == 'app="other"'


def test_a_resource_in_a_volume_is_that_of_the_container_it_names(tmp_path: Path) -> None:
    item = {"path": "c", "resourceFieldRef": {"containerName": "web", "resource": "limits.cpu"}}
    assert Mounted(tmp_path, {"name": "v", "downwardAPI": {"items": [item]}}).write().read("v/c") == "2"


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root gives files to others.")


@needs_root
@pytest.mark.parametrize(
    ("spec", "mode", "user", "group"),
    [
        ({}, "0o644", 0, 0),
        ({"securityContext": {"runAsUser": 1337}}, "0o600", 1337, 0),
        ({"securityContext": {"fsGroup": 2000}}, "0o640", 0, 2000),
    ],
)
def test_a_token_is_for_the_pods_user_or_group(
    tmp_path: Path, spec: dict[str, Any], mode: str, user: int, group: int
) -> None:
    pod = Mounted(tmp_path, projected({"serviceAccountToken": {"path": "token"}}), **spec).write()
    found = (tmp_path / "v/token").stat()
    assert (pod.mode("v/token"), found.st_uid, found.st_gid) == (mode, user, group)


def test_a_token_of_containers_with_different_users_is_for_all(tmp_path: Path) -> None:
    containers = [{"name": "a", "securityContext": {"runAsUser": 1337}}, {"name": "b"}]
    volume = projected({"serviceAccountToken": {"path": "token"}})
    assert Mounted(tmp_path, volume, containers=containers).write().mode("v/token") == "0o644"


def test_everybody_may_write_to_an_empty_folder(tmp_path: Path) -> None:
    pod = Mounted(tmp_path, {"name": "v", "emptyDir": {"medium": "Memory"}}).write()
    assert pod.mode("v") == "0o777"
    (tmp_path / "v/kept").touch()
    assert pod.write().seen("v") == ["kept"]


def test_a_volume_within_another_has_a_folder_to_be_shown_at(tmp_path: Path) -> None:
    mounts = [
        {"name": "crl", "mountPath": "/run/istio/crl"},
        {"name": "root", "mountPath": "/run/istio", "readOnly": True},
    ]
    volumes = [{"name": name, "configMap": {"name": name, "optional": True}} for name in ("root", "crl")]
    pod = Mounted(tmp_path, *volumes, containers=[{"name": "web", "volumeMounts": mounts}]).write()
    assert (tmp_path / "root/crl").is_dir()
    assert pod.volumes.mounts() == [
        ("/run/istio", tmp_path / "root", True),
        ("/run/istio/crl", tmp_path / "crl", False),
    ]


def test_a_part_of_a_volume(tmp_path: Path) -> None:
    mounts = [{"name": "v", "mountPath": "/data", "subPath": "deep/er"}]
    pod = Mounted(tmp_path, {"name": "v", "emptyDir": {}}, containers=[{"name": "a", "volumeMounts": mounts}]).write()
    assert pod.volumes.mounts() == [("/data", tmp_path / "v/deep/er", False)]
    assert (tmp_path / "v/deep/er").is_dir()


def test_containers_share_their_files(tmp_path: Path) -> None:
    def container(name: str, volume: str) -> dict[str, Any]:
        return {"name": name, "volumeMounts": [{"name": volume, "mountPath": "/tmp"}]}

    volumes: list[dict[str, Any]] = [{"name": name, "emptyDir": {}} for name in ("one", "other")]
    same = Mounted(tmp_path, *volumes, containers=[container("a", "one"), container("b", "one")]).write()
    assert len(same.volumes.mounts()) == 1
    different = Mounted(tmp_path, *volumes, containers=[container("a", "one"), container("b", "other")]).write()
    with pytest.raises(UnsupportedError, match="/tmp"):
        different.volumes.mounts()


def test_a_folder_of_the_host_is_left_out(tmp_path: Path) -> None:
    containers = [{"name": "a", "volumeMounts": [{"name": "v", "mountPath": "/host/proc"}]}]
    pod = Mounted(tmp_path, {"name": "v", "hostPath": {"path": "/proc"}}, containers=containers).write()
    assert pod.volumes.mounts() == []


def test_other_volumes_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="persistentVolumeClaim"):
        Mounted(tmp_path, {"name": "v", "persistentVolumeClaim": {"claimName": "x"}}).write()


@pytest.mark.parametrize(
    "volume",
    [
        {"name": "v", "secret": {"secretName": "it"}},
        projected({"secret": {"name": "it"}}),
    ],
)
def test_which_objects_a_pod_shows(tmp_path: Path, volume: dict[str, Any]) -> None:
    volumes = Mounted(tmp_path, volume).volumes
    assert volumes.shows("Secret", "it")
    assert not volumes.shows("ConfigMap", "it")
