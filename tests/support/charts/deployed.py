"""A variant of the stack with the manifests of its releases: what the cluster would be given."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from tests.support.charts import releases, variants
from tests.support.charts.releases import Helm, Manifest, Rendered
from tests.support.stack_files import ROOT
from tests.support.unit.recorded import Node, Stack

FOLDER = ROOT / ".tools" / "rendered"
WORKERS = 2

Given = TypeVar("Given")
Result = TypeVar("Result")


class Deployed:
    """One variant."""

    def __init__(self, variant: str, stack: Stack, rendered: Iterable[Rendered]) -> None:
        self.variant = variant
        self.stack = stack
        self.rendered = list(rendered)

    def charts(self, chart: str) -> list[Rendered]:
        return [each for each in self.rendered if each.release.chart == chart]

    def chart(self, chart: str) -> Rendered:
        (found,) = self.charts(chart)
        return found

    @property
    def istiods(self) -> list[Rendered]:
        return self.charts("istiod")

    @property
    def gateway(self) -> Rendered:
        return self.chart("gateway")

    @property
    def cni(self) -> Rendered:
        return self.chart("cni")

    def every(self, kind: str) -> list[Manifest]:
        """Objects of a kind that the releases bring."""
        return [each for one in self.rendered for each in one.all(kind)]

    @property
    def nodes(self) -> list[Node]:
        """Kubernetes objects that the program makes itself."""
        kubernetes = [each for each in self.stack.nodes if each.resource["type"].startswith("kubernetes:")]
        return [each for each in kubernetes if each.resource["type"] != releases.RELEASE]

    def made(self, kind: str) -> list[Manifest]:
        """As ``every``, of the program's own."""
        return [each.inputs for each in self.nodes if each.inputs["kind"] == kind]

    def namespace(self, name: str) -> dict[str, str]:
        """Labels of a namespace that the program makes."""
        (found,) = [each for each in self.made("Namespace") if each["metadata"]["name"] == name]
        return dict(found["metadata"]["labels"])


def planned(stack: Stack, charts: Iterable[str]) -> list[releases.Release]:
    """Releases of a stack whose charts there are."""
    every = [releases.release(node) for node in stack.of_type(releases.RELEASE)]
    return [each for each in every if each.chart in charts]


def deploy(helm: Helm) -> dict[str, Deployed]:
    """Every variant, rendered; the manifests are left in ``.tools/rendered`` for people."""
    stacks = {variant: variants.stack(variant) for variant in variants.VARIANTS}
    asked = {variant: planned(stack, helm.charts) for variant, stack in stacks.items()}
    distinct = list({each for every in asked.values() for each in every})
    done = dict(zip(distinct, in_parallel(helm.render, distinct), strict=True))
    deployed = {
        variant: Deployed(variant, stack, [done[each] for each in asked[variant]]) for variant, stack in stacks.items()
    }
    for each in deployed.values():
        _write(each)
    return deployed


def in_parallel(function: Callable[[Given], Result], arguments: Iterable[Given]) -> list[Result]:
    """Helm is a process of its own: threads are enough to wait for it."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(function, arguments))


def _write(deployed: Deployed) -> None:
    folder = FOLDER / deployed.variant
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    for each in deployed.rendered:
        path(deployed.variant, each).write_text(each.text)


def path(variant: str, rendered: Rendered) -> Path:
    return FOLDER / variant / f"{rendered.release.name}.yaml"
