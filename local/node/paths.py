"""Paths within another root, and folders that every user may pass."""

from pathlib import Path

# A path with more links than this has a loop, as for the kernel.
MAX_LINKS = 40


def follow(path: Path, root: Path = Path("/")) -> tuple[Path, list[Path]]:
    """Return where an absolute path leads for a process that has ``root`` as /, and the links on its way.

    The path need not exist. Both results are paths outside of that root. Raises OSError for a loop.
    """
    left, place, links = [*reversed(path.parts[1:])], root, list[Path]()
    while left:
        part = left.pop()
        there = place / part
        if part == "..":
            place = place if place == root else place.parent
        elif not there.is_symlink():
            place = there
        else:
            links.append(there)
            if len(links) > MAX_LINKS:
                raise OSError(f"too many links in {path}")
            target = there.readlink()
            place = root if target.is_absolute() else place
            left += reversed([part for part in target.parts if part != "/"])
    return place, links


def make_folders(path: Path) -> None:
    """Create the folder and its missing parents, accessible to every user whatever the umask says."""
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for each in reversed(missing):
        each.mkdir()
        each.chmod(0o755)
