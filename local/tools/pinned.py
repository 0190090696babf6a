"""What the pinned tools are: a Go package each, fixed by the go.mod and go.sum of its folder in ``tools/``."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "tools"

KUBERNETES_VERSION = "k8s.io/component-base/version"


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One program: ``package`` of ``module``, pinned in ``tools/<folder>``.

    stamps: Go variables that make the program say its own version, as ``variable=text``; the text may use
    ``{version}``, ``{major}`` and ``{minor}`` of the pin.
    """

    name: str
    folder: str
    module: str
    package: str
    tags: str = ""
    stamps: tuple[str, ...] = ()

    @property
    def source(self) -> Path:
        """Return the folder of its go.mod."""
        return SOURCES / self.folder

    @property
    def version(self) -> str:
        """Return the pinned version, with a leading v."""
        return pinned(self.folder, self.module)

    @property
    def flags(self) -> list[str]:
        """Return flags of ``go build``: every checkout gives the same binary; -s -w omits what only debuggers read."""
        major, minor = self.version.removeprefix("v").split(".")[:2]
        said = [f"-X {each.format(version=self.version, major=major, minor=minor)}" for each in self.stamps]
        return ["-trimpath", "-buildvcs=false", "-tags", self.tags, "-ldflags", " ".join(["-s -w", *said])]

    @property
    def stamp(self) -> str:
        """Return a stamp of everything that the binary is made from; another stamp requires another build."""
        pins = (self.source / "go.mod").read_bytes() + (self.source / "go.sum").read_bytes()
        return hashlib.sha256(json.dumps([self.package, self.flags]).encode() + pins).hexdigest()


def pinned(folder: str, module: str) -> str:
    """Return the version of ``module`` in ``tools/<folder>/go.mod``."""
    text = (SOURCES / folder / "go.mod").read_text()
    found = re.search(rf"^(?:require)?\s+{re.escape(module)} (v\S+)", text, re.MULTILINE)
    assert found, f"{module} is not required in tools/{folder}/go.mod"
    return found[1]


def _kubernetes(name: str) -> Tool:
    return Tool(
        name=name,
        folder="kubernetes",
        module="k8s.io/kubernetes",
        package=f"k8s.io/kubernetes/cmd/{name}",
        stamps=(
            f"{KUBERNETES_VERSION}.gitVersion={{version}}",
            f"{KUBERNETES_VERSION}.gitMajor={{major}}",
            f"{KUBERNETES_VERSION}.gitMinor={{minor}}",
        ),
    )


# The pin is a commit without a number of its own; the VERSION file of the module says which minor it becomes.
ISTIO_MINOR = "1.31"


def _istio(name: str, package: str) -> Tool:
    return Tool(
        name=name,
        folder="istio",
        module="istio.io/istio",
        package=f"istio.io/istio/{package}",
        # As Istio's own Makefile builds them.
        tags="vtprotobuf,disable_pgv",
        stamps=(f"istio.io/istio/pkg/version.buildVersion={ISTIO_MINOR}",),
    )


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            name="helm",
            folder="helm",
            module="helm.sh/helm/v3",
            package="helm.sh/helm/v3/cmd/helm",
            stamps=("helm.sh/helm/v3/internal/version.version={version}",),
        ),
        Tool(
            name="pulumi",
            folder="pulumi",
            module="github.com/pulumi/pulumi/pkg/v3",
            package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
            # As the released CLI is built.
            tags="osusergo,grpcnotrace",
            stamps=("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={version}",),
        ),
        Tool(
            name="actionlint",
            folder="actionlint",
            module="github.com/rhysd/actionlint",
            package="github.com/rhysd/actionlint/cmd/actionlint",
        ),
        # The package is the root of its module.
        Tool(name="etcd", folder="etcd", module="go.etcd.io/etcd/server/v3", package="go.etcd.io/etcd/server/v3"),
        _kubernetes("kube-apiserver"),
        _kubernetes("kube-controller-manager"),
        _kubernetes("kube-scheduler"),
        _kubernetes("kube-proxy"),
        _istio("pilot-discovery", "pilot/cmd/pilot-discovery"),
        _istio("pilot-agent", "pilot/cmd/pilot-agent"),
        _istio("istioctl", "istioctl/cmd/istioctl"),
    )
}
# What a running mesh is made of.
MESH = ("helm", "etcd", *(name for name, tool in TOOLS.items() if tool.folder in ("kubernetes", "istio")))
