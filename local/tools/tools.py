"""Pinned tools that the proofs run on, built once into ``.tools/bin``.

Each is fixed by its go.mod and go.sum in ``tools/``; there is no Go source of ours.
"""

import fcntl
import json
import sys
import time
from collections.abc import Iterator
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
    """Return the path of the built tool; ``build`` puts it there."""
    return BIN / name


def is_built(name: str) -> bool:
    """Return whether the tool exists and is made from the current pins."""
    stamp = _stamp(name)
    return path(name).exists() and stamp.exists() and stamp.read_text() == TOOLS[name].stamp


def _stamp(name: str) -> Path:
    return BIN / f".{name}.stamp"


def build(name: str) -> Path:
    """Build a tool unless it is up to date; return its path.

    Raises go.GoMissingError when there is no Go to build it with, and go.GoError when the build fails.
    """
    tool, target = TOOLS[name], path(name)
    with _alone(name):
        if is_built(name):
            return target
        # Without Go nothing is announced.
        go.command(tool.source)
        began = time.monotonic()
        say(f"Building {name} {tool.version} (once; minutes on a cold machine) ...")
        # What is running goes on running, and what is half built is never started.
        fresh = BIN / f".{name}.new"
        go.build([*tool.flags, "-o", str(fresh), tool.package], tool.source)
        fresh.replace(target)
        _stamp(name).write_text(tool.stamp)
        say(f"Built {target.relative_to(ROOT)} in {time.monotonic() - began:.0f} s.")
    return target


def istio(pins: Path | None = None) -> Path:
    """Return the folder of Istio's module in Go's module cache; download it if it is missing; checked against go.sum.

    pins: folder of a go.mod that pins it, this tree's by default.
    """
    answer = json.loads(go.run(["mod", "download", "-json", ISTIO], pins or SOURCES / "istio"))
    return Path(answer["Dir"])


def istio_minor(module: Path) -> str:
    """Return the minor version, as in 1.31, of Istio's module in a folder."""
    return (module / "VERSION").read_text().strip()


def charts(module: Path | None = None) -> dict[str, Path]:
    """Return the folders of Istio's charts by the names they are published under.

    module: folder of Istio's module, the one that this tree pins by default.
    """
    folder = (module or istio()) / "manifests" / "charts"
    return {name: folder / where for name, where in CHARTS.items()}


def compared() -> list[tuple[str, str, str]]:
    """Return each component, the version that the program deploys or requires, and that of the integration tests."""
    # Here alone: the rest of this module runs before pip has installed anything (``local.needs``).
    from components.settings import versions

    return [
        ("Istio", versions.ISTIO, f"{istio_minor(istio())} ({pinned('istio', ISTIO)})"),
        ("Helm, inside the Kubernetes provider", PROVIDER_HELM, TOOLS["helm"].version.removeprefix("v")),
        ("Kubernetes", versions.KUBERNETES, TOOLS["kube-apiserver"].version.removeprefix("v")),
        ("Pulumi CLI", versions.PULUMI_CLI, TOOLS["pulumi"].version.removeprefix("v")),
    ]


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Lock a tool: of two processes that want the same one, the second waits and finds it built."""
    BIN.mkdir(parents=True, exist_ok=True)
    with (BIN / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """Print for a person, to standard error: a command's result is printed to standard output."""
    print(text, file=sys.stderr, flush=True)
