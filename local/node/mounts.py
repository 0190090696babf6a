"""Mounts by system call: a pod has two dozen of them, and a command for each would be most of what a pod takes."""

import ctypes
import errno
import os
from pathlib import Path

# mount(2), umount2(2).
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC = 1, 32, 4096, 16384
MNT_DETACH = 2
NOT_MOUNTED = (errno.EINVAL, errno.ENOENT)
_LIBC = ctypes.CDLL(None, use_errno=True)
MOUNTINFO = Path("/proc/self/mountinfo")


def bind(source: Path, target: Path, *, read_only: bool = False) -> None:
    """Mount a folder, with the mounts in it, or a file at another place. Raises OSError."""
    _mount(str(source), target, None, MS_BIND | MS_REC)
    if read_only:
        # Whoever may not lift a mount's other restrictions has to repeat them.
        _mount(None, target, None, MS_REMOUNT | MS_BIND | MS_RDONLY | _restrictions(target))


def memory(target: Path) -> None:
    """Mount an empty file system; detaching it deletes all its files. Raises OSError."""
    _mount("tmpfs", target, "tmpfs", 0, "mode=0755")


def overlay(target: Path, *, lower: list[Path], upper: Path, work: Path) -> None:
    """Mount ``upper``, which takes all changes, over ``lower``, the topmost first. Raises OSError."""
    layers = ":".join(str(each) for each in lower)
    # Attributes named trusted.* are for the computer's own root alone.
    attributes = ",userxattr" if _rootless() else ""
    _mount("overlay", target, "overlay", 0, f"lowerdir={layers},upperdir={upper},workdir={work}{attributes}")


def may_cover(folder: Path) -> bool:
    """Check whether the kernel allows ``folder`` as a lower layer.

    What is mounted in it does not show, and without the computer's own root what that hides has to stay hidden.
    """
    return not _rootless() or not any(Path(each).is_relative_to(folder) and Path(each) != folder for each in points())


def detach(target: Path) -> None:
    """Detach a mount with all mounts and files in it; do nothing when there is none.

    What is still in use is removed after its last use. Raises OSError.
    """
    if _LIBC.umount2(os.fsencode(target), MNT_DETACH) and ctypes.get_errno() not in NOT_MOUNTED:
        _checked(-1, f"umount {target}")


def points() -> set[str]:
    """Return the current mount points."""
    lines = MOUNTINFO.read_text().splitlines()
    # Spaces and the like in names are written as octal numbers.
    return {line.split()[4].encode().decode("unicode_escape") for line in lines}


def _mount(source: str | None, target: Path, kind: str | None, flags: int, options: str | None = None) -> None:
    given = [None if each is None else os.fsencode(each) for each in (source, str(target), kind)]
    said = None if options is None else os.fsencode(options)
    _checked(_LIBC.mount(*given, ctypes.c_ulong(flags), said), f"mount {source or ''} {target}")


def _checked(status: int, what: str) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _restrictions(target: Path) -> int:
    """Return the flags nosuid, nodev, noexec, noatime, nodiratime, relatime.

    The manuals statvfs(3) and mount(2) give the first three one number.
    """
    said = os.statvfs(target).f_flag
    times = {os.ST_NOATIME: 1024, os.ST_NODIRATIME: 2048, os.ST_RELATIME: 1 << 21}
    return said & (os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC) | sum(
        ours for theirs, ours in times.items() if said & theirs
    )


def _rootless() -> bool:
    return Path("/proc/self/uid_map").read_text().split() != ["0", "0", "4294967295"]
