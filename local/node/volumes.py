"""The folders of a pod's volumes, and how they are kept as their sources are.

Containers see a volume of a Secret change at once: ``..data`` points to a folder with all files of one moment, and is
moved over in one step. The kubelet needs up to a minute to notice a change; here it is about a second.
"""

import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from local.node.contents import Contents, File, Projector, containers, owner, references
from local.node.environment import NotThereError, UnsupportedError

Manifest = Mapping[str, Any]

DATA = "..data"
# As the kubelet makes an emptyDir: every user of the pod writes there; with a group of its own, new files get it.
EVERYBODY, SET_GROUP = 0o777, stat.S_ISGID


class Volumes:
    """All volumes of one pod, below ``folder``."""

    def __init__(self, projector: Projector, folder: Path) -> None:
        self._projector = projector
        self._folder = folder
        self._pod = projector.pod
        self._volumes: list[Manifest] = self._pod["spec"].get("volumes") or []
        self._shows = set(references(self._volumes))

    def write(self) -> None:
        """Create the volumes, or update them.

        Raises NotThereError for the first source that is missing, after writing all others.
        """
        missing: list[NotThereError] = []
        for volume in self._volumes:
            try:
                self._write(volume)
            except NotThereError as error:
                missing.append(NotThereError(f'MountVolume.SetUp failed for volume "{volume["name"]}": {error}'))
        if missing:
            raise missing[0]

    def follow(self, pod: Manifest) -> None:
        """Take the pod's possibly changed labels and annotations; the next ``write`` shows them."""
        self._projector = replace(self._projector, pod=pod)

    def shows(self, kind: str, name: str) -> bool:
        """Check whether one of the volumes shows this object of the pod's namespace."""
        return (kind, name) in self._shows

    def mounts(self) -> list[tuple[str, Path, bool]]:
        """Return path, source and whether it is read-only of all container mounts, outer paths first.

        Raises UnsupportedError when two containers want different things at one path: they share their files here.
        """
        found: dict[str, tuple[Path, bool]] = {}
        for container in containers(self._pod):
            for mount in container.get("volumeMounts") or []:
                path, source = mount["mountPath"].rstrip("/"), self._source(mount)
                former, read_only = found.get(path, (source, True))
                if source is None or former is None:
                    continue
                if former != source:
                    raise UnsupportedError(f"different volumes at {path} in containers of one pod")
                found[path] = source, read_only and bool(mount.get("readOnly"))
        # A path sorts after all that it is in.
        return [(path, source, read_only) for path, (source, read_only) in sorted(found.items())]

    def remove(self) -> None:
        """Remove all volumes."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _source(self, mount: Manifest) -> Path | None:
        """Return the volume's folder, or the path at ``subPath`` in it; None for a hostPath."""
        (volume,) = (each for each in self._volumes if each["name"] == mount["name"])
        if "hostPath" in volume:
            return None
        folder = self._where(volume)
        if not mount.get("subPath"):
            return folder
        below = folder / str(mount["subPath"])
        if not below.exists():
            # As the kubelet: a subPath that is not there becomes a folder.
            below.mkdir(parents=True)
            below.chmod(EVERYBODY)
        return below.resolve()

    def _where(self, volume: Manifest) -> Path:
        return self._folder / str(volume["name"])

    def _write(self, volume: Manifest) -> None:
        if "hostPath" in volume:
            return
        folder = self._where(volume)
        if not folder.exists():
            self._make(folder, writable="emptyDir" in volume)
            self._mount_points(volume, folder)
        contents = self._projector.contents(volume)
        if contents is not None:
            project(contents, folder)

    def _make(self, folder: Path, *, writable: bool) -> None:
        folder.mkdir(parents=True)
        if not writable:
            folder.chmod(0o755)
            return
        group = owner(self._pod).group
        if group is not None:
            os.chown(folder, -1, group)
        folder.chmod(EVERYBODY | (SET_GROUP if group is not None else 0))

    def _mount_points(self, volume: Manifest, folder: Path) -> None:
        """Create folders for volumes that a container mounts inside this one, which may be read-only to it."""
        for container in containers(self._pod):
            mounts = container.get("volumeMounts") or []
            outer = [PurePosixPath(each["mountPath"]) for each in mounts if each["name"] == volume["name"]]
            inner = [PurePosixPath(each["mountPath"]) for each in mounts]
            for path, within in ((path, within) for path in inner for within in outer):
                if path != within and path.is_relative_to(within):
                    (folder / path.relative_to(within)).mkdir(parents=True, exist_ok=True)


def project(contents: Contents, folder: Path) -> bool:
    """Write a consistent set of files at once, and return whether anything was different."""
    data = folder / DATA
    if data.exists() and _there(data) == {path: (file.data, file.mode) for path, file in contents.items()}:
        return False
    former = data.resolve() if data.is_symlink() else None
    moment = folder / f"..{secrets.token_hex(8)}"
    moment.mkdir(mode=0o755)
    for path, file in contents.items():
        _write(moment / path, file)
    fresh = folder / f"{DATA}_tmp"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(moment.name)
    fresh.replace(data)
    _links({PurePosixPath(path).parts[0] for path in contents}, folder)
    if former:
        shutil.rmtree(former, ignore_errors=True)
    return True


def _links(names: set[str], folder: Path) -> None:
    """Link ``name`` to ``..data/name``, and remove dangling links. A mount point of the same name stays."""
    for each in folder.iterdir():
        if each.is_symlink() and not each.name.startswith("..") and each.name not in names:
            each.unlink()
    for name in names:
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(f"{DATA}/{name}")


def _write(path: Path, file: File) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.data)
    if (file.user, file.group) != (0, 0):
        os.chown(path, file.user, file.group)
    path.chmod(file.mode)


def _there(data: Path) -> dict[str, tuple[bytes, int]]:
    files = [each for each in data.rglob("*") if each.is_file()]
    return {str(each.relative_to(data)): (each.read_bytes(), stat.S_IMODE(each.stat().st_mode)) for each in files}
