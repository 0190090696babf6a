"""Requirements of this computer to run a stack: ``python -m local.needs TARGET``, before anything is downloaded.

This module and its imports use only the standard library: it runs before pip installs anything.
"""

import argparse
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.machine import needs as machine_needs
from local.tools import go, tools
from local.tools.pinned import SOURCES, TOOLS

GIB = 1024**3
MIB = 1024**2
# Disk that a new machine used, measured on 2026-11-30 (`du` after `make try` and `make tools` in a new clone).
GO_MODULES_BYTES = 3_030 * MIB
GO_BUILDS_BYTES = 7_330 * MIB
TOOLS_BYTES = 810 * MIB
PACKAGES_BYTES = 740 * MIB
# Peak memory above what the computer used before, measured on the same day: 3.4 GiB while the tools were built on two
# cores, and 1.5 GiB with the stack dev up, including the files of its nodes.
BUILD_MEMORY_BYTES = 4 * GIB
RUN_MEMORY_BYTES = 2 * GIB
# Limit and usage in bytes, of control groups version 2 and version 1.
CONTROL_GROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)
# Go's names for the kernel's machine names.
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# Two stacks and a rotation at the same time use 3.4 GiB.
TESTS_MEMORY_BYTES = 4 * GIB
TESTS = "test-mesh"

# A distinct exit status, so that an error of this program does not look like a missing requirement.
LACKING = 3
UNCHECKED = "NEEDS=unchecked"
# The Makefile creates it after pip has installed everything.
INSTALLED = tools.ROOT / ".venv" / "mesh"


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One missing requirement, why it is needed, and how to get it."""

    what: str
    line: str

    def __str__(self) -> str:
        return f"  {self.what}\n    {self.line}"


def lacking(target: str) -> list[Lack]:
    """Return everything that this computer lacks for a target of the Makefile; empty if it can run."""
    if sys.platform != "linux":
        return [
            Lack(
                what=f"Linux is required, but this is {sys.platform}: pods are processes in Linux namespaces.",
                line="Run it in a Linux virtual machine or in CI.",
            )
        ]
    unbuilt = [name for name in TOOLS if not tools.is_built(name)]
    return [*_commands(), *_rights(), *_go(), *_disk(unbuilt), *_memory(target, unbuilt)]


def _commands() -> Iterator[Lack]:
    missing = machine_needs.missing_commands()
    if missing:
        packages = sorted({package.split()[0] for package in missing.values()})
        yield Lack(
            what=f"Commands are missing: {', '.join(missing)}. They create nodes, pods and their network.",
            line=machine_needs.installing(packages),
        )


def _rights() -> Iterator[Lack]:
    refused = machine_needs.refused()
    if refused:
        reason, *remedies = refused
        yield Lack(what=reason, line="\n    ".join(remedies))


def _go() -> Iterator[Lack]:
    needed = max((go.needed(folder) for folder in SOURCES.iterdir() if (folder / "go.mod").exists()), key=go.number)
    said = go.lacking(needed)
    if said:
        archive = f"go{needed}.linux-{ARCHITECTURES.get(platform.machine(), platform.machine())}.tar.gz"
        root = machine_needs.as_root
        yield Lack(
            what=f"Go {needed} or newer is required to build Kubernetes, Istio, Helm and the Pulumi engine: {said}.",
            line=f"curl -fsSLO https://go.dev/dl/{archive} && {root('rm -rf /usr/local/go')} && "
            f"{root(f'tar -C /usr/local -xzf {archive}')} && export PATH=/usr/local/go/bin:$PATH",
        )


def _disk(unbuilt: Sequence[str]) -> Iterator[Lack]:
    """Check free disk per file system: the clone and Go's two caches may be on three."""
    needed = {tools.ROOT: 0 if INSTALLED.exists() else PACKAGES_BYTES}
    if unbuilt:
        modules, builds = go.caches()
        needed[tools.ROOT] += TOOLS_BYTES * len(unbuilt) // len(TOOLS)
        # Files of other projects do not help; if the modules are there, so is the cache of a first build.
        fetched = all((modules / f"{TOOLS[name].module}@{TOOLS[name].version}").exists() for name in unbuilt)
        needed[modules] = 0 if fetched else GO_MODULES_BYTES
        needed[builds] = max(0, GO_BUILDS_BYTES - (_used(builds) if fetched else 0))
    for place, wanted in _by_device(needed).items():
        free = shutil.disk_usage(place).free
        if free < wanted:
            line = "Free some space" + (
                ", or move Go's caches: export GOCACHE=<folder> GOMODCACHE=<folder>" if unbuilt else ""
            )
            yield Lack(
                what=f"{_gib(free)} are free on the disk of {place}, but downloads and builds need {_gib(wanted)}.",
                line=f"{line}. Add `{UNCHECKED}` to the `make` command to skip this.",
            )


def _memory(target: str, unbuilt: Sequence[str]) -> Iterator[Lack]:
    running = TESTS_MEMORY_BYTES if target == TESTS else RUN_MEMORY_BYTES
    wanted = max(running, BUILD_MEMORY_BYTES if unbuilt else 0)
    free = min((each for each in (_of_the_machine(), _of_the_container()) if each is not None), default=wanted)
    if free < wanted:
        what = "building the tools and running a stack needs" if unbuilt else "running a stack needs"
        yield Lack(
            what=f"{_gib(free)} of memory are available, but {what} {_gib(wanted)}.",
            line=f"End other programs, or use a larger machine. Add `{UNCHECKED}` to the `make` command to skip this.",
        )


def _by_device(needed: dict[Path, int]) -> dict[Path, int]:
    found: dict[int, tuple[Path, int]] = {}
    for place, count in needed.items():
        there = next(each for each in (place, *place.parents) if each.exists())
        first, before = found.get(there.stat().st_dev, (there, 0))
        found[there.stat().st_dev] = (first, before + count)
    return dict(found.values())


def _used(folder: Path) -> int:
    """Return the size of a folder on disk in bytes; 0 if it does not exist."""
    done = subprocess.run(["du", "-sk", str(folder)], capture_output=True, text=True)
    return int(done.stdout.split()[0]) * 1024 if done.returncode == 0 and done.stdout else 0


def _of_the_machine() -> int | None:
    """Return available memory and free swap in bytes; ``None`` if the kernel does not report them."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        kibibytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if len(line.split()) > 1}
        return (kibibytes["MemAvailable"] + kibibytes.get("SwapFree", 0)) * 1024
    except (OSError, KeyError, ValueError):
        return None


def _of_the_container() -> int | None:
    """Return the free bytes below the limit of this control group, version 2 or 1; ``None`` without one."""
    for limit, usage in CONTROL_GROUPS:
        try:
            return max(0, int(limit.read_text()) - int(usage.read_text()))
        except (OSError, ValueError):
            # There is no such file, or it says "max".
            continue
    return None


def _gib(count: int) -> str:
    return f"{count / GIB:.1f} GiB"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the requirements of a target.

    Exit status: 0 it can run here, 2 wrong usage, 3 a requirement is missing (printed to standard error).
    """
    parser = argparse.ArgumentParser(prog="python -m local.needs", description=__doc__.splitlines()[0])
    parser.add_argument("target", help="target of the Makefile: try, test-mesh or a benchmark of a mesh")
    target = parser.parse_args(arguments).target
    missing = lacking(target)
    if missing:
        things = "1 requirement is" if len(missing) == 1 else f"{len(missing)} requirements are"
        print(f"make {target} cannot run here: {things} missing. Nothing was downloaded.\n", file=sys.stderr)
        print("\n\n".join(map(str, missing)), file=sys.stderr)
    return LACKING if missing else 0


if __name__ == "__main__":
    sys.exit(main())
