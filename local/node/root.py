"""A pod's file system: some of this computer's, with what the images bring laid over it, and the pod's volumes."""

import shutil
import stat
from pathlib import Path

from local.node import mounts
from local.node.layer import Layer
from local.node.namespaces import SandboxError
from local.node.paths import follow, make_folders

# Empty in every pod at first; everyone may write to the second two.
OWN = {"run": 0o755, "tmp": 0o1777, "dev/shm": 0o1777}
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
STREAMS = {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}
# Settings of the whole computer, of which root in a pod is the owner, too.
KERNEL = ("sys", "sysrq-trigger")


class Root:
    """One for all containers of a pod: a volume is in each of them, and what one writes the others see."""

    def __init__(self, folder: Path, layer: Layer) -> None:
        self._layer = layer
        # All that is written in the pod outside of its volumes: nothing has to be deleted file by file, through
        # whatever is mounted there.
        self._memory = folder / "files"
        self.path = self._memory / "root"
        # What is written over what is shown.
        self._changes = self._memory / "changes"
        # Where each volume is, as links have led there, and what is there.
        self._volumes: dict[Path, Path] = {}

    def create(self) -> None:
        """Mount the root. Raises OSError."""
        make_folders(self._memory)
        mounts.memory(self._memory)
        make_folders(self.path)
        # First: what is shown may be in one of them.
        for name, mode in OWN.items():
            make_folders(self.path / name)
            (self.path / name).chmod(mode)
        shutil.copytree(self._layer.path / "var", self.path / "var", symlinks=True)
        for shown in self._layer.shown:
            self._show(shown)
        for link in self._layer.links:
            self._made_parent(link).symlink_to(link.readlink())
        self._system()

    def _system(self) -> None:
        """Mount /proc and a minimal /dev, neither of which can change the computer's own."""
        make_folders(self.path / "proc")
        mounts.bind(Path("/proc"), self.path / "proc")
        for name in (each for each in KERNEL if Path("/proc", each).exists()):
            mounts.bind(Path("/proc", name), self.path / "proc" / name, read_only=True)
        for name in DEVICES:
            _place(Path("/dev", name), self.path / "dev" / name)
            mounts.bind(Path("/dev", name), self.path / "dev" / name)
        for name, stream in STREAMS.items():
            (self.path / "dev" / name).symlink_to(f"/proc/self/fd{stream}")

    def volume(self, path: str, source: Path, read_only: bool) -> None:
        """Mount a folder or a file of this machine at a path. Raises SandboxError.

        One volume within another's path comes after it; the folder it needs is made in the outer one's source, as
        the kubelet does. What is shown of this computer is seen within a volume, too.
        """
        try:
            place, _ = follow(Path("/", path), self.path)
            if not place.exists():
                _place(source, self._beneath(place))
            covered = self._covered(place) if source.is_dir() else {}
            mounts.bind(source, place, read_only=read_only)
            for within, kept in covered.items():
                _place(kept, source / within)
                mounts.bind(kept, place / within)
        except OSError as error:
            raise SandboxError(f"volume at {path}: {error}") from None
        self._volumes[place] = source

    def _covered(self, place: Path) -> dict[Path, Path]:
        """Return other paths for what programs need and a volume would hide, as when this project lies below /tmp."""
        found = {}
        for shown in self._layer.shown:
            target = self.path / shown.relative_to("/")
            if place in target.parents and target.exists():
                kept = found[target.relative_to(place)] = self._memory / "kept" / shown.relative_to("/")
                _place(target, kept)
                mounts.bind(target, kept)
        return found

    def remove(self) -> None:
        """Unmount everything, and delete what was written. Raises OSError."""
        mounts.detach(self._memory)
        self._volumes.clear()
        if self._memory.exists():
            # Never what is in it: if it is still mounted, that would be the computer's own files.
            self._memory.rmdir()

    def _made_parent(self, path: Path) -> Path:
        target = self.path / path.relative_to("/")
        make_folders(target.parent)
        return target

    def _show(self, path: Path) -> None:
        """Show a path of this computer under what the layer has there; the pod may change its own copy."""
        target, ours = self._made_parent(path), self._layer.path / path.relative_to("/")
        replaced = ours.is_symlink() or ours.is_file() or not (path.is_symlink() or path.exists())
        found = ours if replaced else path
        if found.is_symlink():
            target.symlink_to(found.readlink())
        elif not found.is_dir():
            _place(found, target)
            mounts.bind(found, target, read_only=True)
        elif mounts.may_cover(found):
            make_folders(target)
            self._overlay(target, found, [each for each in (ours, path) if each.is_dir()])
        else:
            make_folders(target)
            for name in sorted({each.name for folder in (ours, path) if folder.is_dir() for each in folder.iterdir()}):
                self._show(path / name)

    def _overlay(self, target: Path, found: Path, lower: list[Path]) -> None:
        changes = self._changes / str(found).strip("/").replace("/", "-")
        upper, work = changes / "upper", changes / "work"
        make_folders(upper)
        make_folders(work)
        # It may be its owner's alone; this mode is the one that counts.
        upper.chmod(stat.S_IMODE(found.stat().st_mode) | 0o111)
        mounts.overlay(target, lower=lower, upper=upper, work=work)

    def _beneath(self, place: Path) -> Path:
        """Return the same file where it is writable even if the volume around it is read-only."""
        for above in place.parents:
            if above in self._volumes:
                return self._volumes[above] / place.relative_to(above)
        return place


def _place(source: Path, place: Path) -> None:
    """Create a mount point of the source's kind."""
    if source.is_dir():
        make_folders(place)
    else:
        make_folders(place.parent)
        place.touch()
