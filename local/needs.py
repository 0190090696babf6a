"""What this computer lacks to run a stack: ``python -m local.needs TARGET``, before anything is downloaded.

It runs on a bare Python: nothing of it, nor of what it imports, is installed by pip.
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
# What a cold machine came to hold, measured on 2026-11-30 (`du` after `make try` and `make tools` in a new clone).
GO_MODULES_BYTES = 3_030 * MIB
GO_BUILDS_BYTES = 7_330 * MIB
TOOLS_BYTES = 810 * MIB
PACKAGES_BYTES = 740 * MIB
# The most in use at once above what the computer used before, measured on the same day: while the tools were built on
# two cores 3.4 GiB, and with the stack dev up 1.5 GiB, the files of its nodes among it.
BUILD_MEMORY_BYTES = 4 * GIB
RUN_MEMORY_BYTES = 2 * GIB
# Limit and usage, in bytes: of version 2, and of version 1.
CONTROL_GROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)
# Go's names for what the kernel calls a machine.
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# Two stacks side by side, a rotation beside them: 3.4 GiB.
TESTS_MEMORY_BYTES = 4 * GIB
TESTS = "test-mesh"

# An exit status of its own: a fault of this program is none of the computer.
LACKING = 3
UNCHECKED = "NEEDS=unchecked"
# The Makefile leaves it where pip has installed everything.
INSTALLED = tools.ROOT / ".venv" / "mesh"


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One thing that is missing, why it is needed, and the line that brings it."""

    what: str
    line: str

    def __str__(self) -> str:
        return f"  {self.what}\n    {self.line}"


def lacking(target: str) -> list[Lack]:
    """Return everything that this computer lacks for a target of the Makefile; none where it can run."""
    if sys.platform != "linux":
        return [
            Lack(
                what=f"Linux is needed, and this is {sys.platform}: pods are processes in Linux namespaces.",
                line="Run it in a Linux virtual machine, or let CI run it.",
            )
        ]
    unbuilt = [name for name in TOOLS if not tools.is_built(name)]
    return [*_commands(), *_rights(), *_go(), *_disk(unbuilt), *_memory(target, unbuilt)]


def _commands() -> Iterator[Lack]:
    missing = machine_needs.missing_commands()
    if missing:
        packages = sorted({package.split()[0] for package in missing.values()})
        yield Lack(
            what=f"Commands are missing: {', '.join(missing)}. Nodes, pods and their network are made with them.",
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
            what=f"Go {needed} or newer is needed to build Kubernetes, Istio, Helm and the Pulumi engine: {said}.",
            line=f"curl -fsSLO https://go.dev/dl/{archive} && {root('rm -rf /usr/local/go')} && "
            f"{root(f'tar -C /usr/local -xzf {archive}')} && export PATH=/usr/local/go/bin:$PATH",
        )


def _disk(unbuilt: Sequence[str]) -> Iterator[Lack]:
    """By file system: the clone and Go's two caches may lie on three."""
    needed = {tools.ROOT: 0 if INSTALLED.exists() else PACKAGES_BYTES}
    if unbuilt:
        modules, builds = go.caches()
        needed[tools.ROOT] += TOOLS_BYTES * len(unbuilt) // len(TOOLS)
        # What other projects keep there is no help; once the modules are there, so is what a first build left.
        fetched = all((modules / f"{TOOLS[name].module}@{TOOLS[name].version}").exists() for name in unbuilt)
        needed[modules] = 0 if fetched else GO_MODULES_BYTES
        needed[builds] = max(0, GO_BUILDS_BYTES - (_held(builds) if fetched else 0))
    for place, wanted in _by_device(needed).items():
        free = shutil.disk_usage(place).free
        if free < wanted:
            line = "Free some space" + (
                ", or move Go's caches: export GOCACHE=<folder> GOMODCACHE=<folder>" if unbuilt else ""
            )
            yield Lack(
                what=f"{_gib(free)} of disk are free where {place} lies, and {_gib(wanted)} are needed for what is "
                "downloaded and built.",
                line=f"{line}. `{UNCHECKED}` after `make` goes on all the same.",
            )


def _memory(target: str, unbuilt: Sequence[str]) -> Iterator[Lack]:
    running = TESTS_MEMORY_BYTES if target == TESTS else RUN_MEMORY_BYTES
    wanted = max(running, BUILD_MEMORY_BYTES if unbuilt else 0)
    free = min((each for each in (_of_the_machine(), _of_the_container()) if each is not None), default=wanted)
    if free < wanted:
        what = "the tools are built and a stack is up" if unbuilt else "a stack is up"
        yield Lack(
            what=f"{_gib(free)} of memory are available, and {_gib(wanted)} are needed while {what}.",
            line=f"End other programs, or take a larger machine. `{UNCHECKED}` after `make` goes on all the same.",
        )


def _by_device(needed: dict[Path, int]) -> dict[Path, int]:
    found: dict[int, tuple[Path, int]] = {}
    for place, count in needed.items():
        there = next(each for each in (place, *place.parents) if each.exists())
        first, before = found.get(there.stat().st_dev, (there, 0))
        found[there.stat().st_dev] = (first, before + count)
    return dict(found.values())


def _held(folder: Path) -> int:
    """Bytes on the disk; 0 for what is not there."""
    done = subprocess.run(["du", "-sk", str(folder)], capture_output=True, text=True)
    return int(done.stdout.split()[0]) * 1024 if done.returncode == 0 and done.stdout else 0


def _of_the_machine() -> int | None:
    """Memory as the kernel counts what is available, with free swap; ``None`` where it does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        kibibytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if len(line.split()) > 1}
        return (kibibytes["MemAvailable"] + kibibytes.get("SwapFree", 0)) * 1024
    except (OSError, KeyError, ValueError):
        return None


def _of_the_container() -> int | None:
    """What is left of the limit of this control group, version 2 or 1; ``None`` without one."""
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
    """Exit status: 0 it can run here, 2 usage, 3 something is missing (printed to standard error)."""
    parser = argparse.ArgumentParser(prog="python -m local.needs", description=__doc__.splitlines()[0])
    parser.add_argument("target", help="of the Makefile: try, test-mesh or a benchmark of a mesh")
    target = parser.parse_args(arguments).target
    missing = lacking(target)
    if missing:
        things = "1 thing is" if len(missing) == 1 else f"{len(missing)} things are"
        print(f"make {target} cannot run here: {things} missing. Nothing was downloaded for it.\n", file=sys.stderr)
        print("\n\n".join(map(str, missing)), file=sys.stderr)
    return LACKING if missing else 0


if __name__ == "__main__":
    sys.exit(main())
