"""Pinned tools that the proofs run on, built once into ``.tools/bin`` by ``python -m local.tools``.

Each is fixed by its go.mod and go.sum in ``tools/``; there is no Go source of ours.
"""

import argparse
import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.tools import go
from local.tools.pinned import SOURCES, TOOLS, pinned

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".tools" / "bin"

# The Helm inside the Kubernetes provider, which installs our releases (provider/go.mod of pulumi-kubernetes), and the
# provider's version whose go.mod says so.
PROVIDER_HELM, PROVIDER_HELM_SEEN_IN = "3.20.2", "4.32"


ISTIO = "istio.io/istio"
# Where the Istio module keeps the charts that are published under these names.
CHARTS = {
    "base": "base",
    "cni": "istio-cni",
    "istiod": "istio-control/istio-discovery",
    "gateway": "gateway",
}


def path(name: str) -> Path:
    """Where the built tool is; ``build`` puts it there."""
    return BIN / name


def is_built(name: str) -> bool:
    """Return whether the tool is there and is made from the pins of now."""
    stamp = _stamp(name)
    return path(name).exists() and stamp.exists() and stamp.read_text() == TOOLS[name].stamp


def _stamp(name: str) -> Path:
    return BIN / f".{name}.stamp"


def build(name: str) -> Path:
    """Build a tool unless it is up to date; returns its path.

    Raises go.GoMissing when there is no Go to build it with, and go.GoError when the build fails.
    """
    tool, target = TOOLS[name], path(name)
    with _alone(name):
        if is_built(name):
            return target
        # Without Go nothing is announced.
        go.command(tool.source)
        began = time.monotonic()
        _say(f"Building {name} {tool.version} (once; minutes on a cold machine) ...")
        # What is running goes on running, and what is half built is never started.
        fresh = BIN / f".{name}.new"
        go.build([*tool.flags, "-o", str(fresh), tool.package], tool.source)
        os.replace(fresh, target)
        _stamp(name).write_text(tool.stamp)
        _say(f"Built {target.relative_to(ROOT)} in {time.monotonic() - began:.0f} s.")
    return target


def istio(pins: Path | None = None) -> Path:
    """Folder of Istio's module in Go's module cache, downloaded when it is not there; checked against go.sum.

    pins: folder of a go.mod that pins it, this tree's by default.
    """
    answer = json.loads(go.run(["mod", "download", "-json", ISTIO], pins or SOURCES / "istio"))
    return Path(answer["Dir"])


def charts() -> dict[str, Path]:
    """Folders of Istio's charts by the names they are published under."""
    folder = istio() / "manifests" / "charts"
    return {name: folder / where for name, where in CHARTS.items()}


def compared() -> list[tuple[str, str, str]]:
    """What, the version that the program deploys or asks for, the version that the proofs run on."""
    # Here alone: the rest of this module runs before pip has installed anything (``local.needs``).
    from components.settings import versions

    return [
        ("Istio", versions.ISTIO, f"{(istio() / 'VERSION').read_text().strip()} ({pinned('istio', ISTIO)})"),
        ("Helm, inside the Kubernetes provider", PROVIDER_HELM, TOOLS["helm"].version.removeprefix("v")),
        ("Kubernetes", versions.KUBERNETES, TOOLS["kube-apiserver"].version.removeprefix("v")),
        ("Pulumi CLI", versions.PULUMI_CLI, TOOLS["pulumi"].version.removeprefix("v")),
    ]


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Of two processes that want the same tool, the second waits and finds it built."""
    BIN.mkdir(parents=True, exist_ok=True)
    with (BIN / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _print_versions() -> None:
    rows = [("", "the program deploys", "the proofs run on"), *compared()]
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    for what, deployed, proven in rows:
        print(f"{what:<{first}}  {deployed:<{second}}  {proven}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 could not be built, 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m local.tools", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join([*TOOLS, 'istio'])}; default: all")
    parser.add_argument("--versions", action="store_true", help="print what is deployed beside what it is proven on")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - {*TOOLS, "istio"})
    if unknown:
        parser.error(f"no such tool: {', '.join(unknown)}; there are {', '.join([*TOOLS, 'istio'])}")
    try:
        if given.versions:
            _print_versions()
            return 0
        for name in given.names or [*TOOLS, "istio"]:
            istio() if name == "istio" else build(name)
    except go.GoError as error:
        _say(str(error))
        return 1
    return 0
