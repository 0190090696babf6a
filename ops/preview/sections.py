"""Sections of the preview with resources: components, Helm releases, addresses."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from components.network import addressing
from components.settings import Settings
from ops.offline import document
from ops.offline.monitor import STACK_TYPE
from ops.offline.reach import Graph

TIMES = "\u00d7"
RELEASE = "kubernetes:helm.sh/v3:Release"


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """Return an empty table without lines, which wraps long cells."""
    found = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        found.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return found


def listed(mark: str, item: RenderableType) -> RenderableType:
    """Return an item of a list, with its further lines below its first."""
    found = Table.grid(padding=(0, 1))
    found.add_column(no_wrap=True)
    found.add_column(overflow="fold")
    found.add_row(mark, item)
    return found


def components(built: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Yield the tree of components, each with its direct resources, counted by kind."""
    graph = Graph(built)
    root = next(each["urn"] for each in built["resources"] if each["type"] == STACK_TYPE)
    tree = Tree(Text(f"{built['project']}-{built['stack']}", style="bold"), guide_style="dim")
    _grow(tree, graph, root)
    yield tree


def _grow(tree: Tree, graph: Graph, urn: str) -> None:
    children = [graph.resources[child] for child in graph.children.get(urn, [])]
    for component in sorted(filter(document.is_component, children), key=lambda each: str(each["name"])):
        children_ = [graph.resources[child] for child in graph.children.get(component["urn"], [])]
        label = Text(component["name"], style="bold")
        label.append(f"  {kind(component['type'])}", style="cyan")
        label.append(f"  {_contents(component, children_)}", style="dim not bold")
        _grow(tree.add(label), graph, component["urn"])


def _contents(component: Mapping[str, Any], children: list[Mapping[str, Any]]) -> str:
    if component["remote"]:
        return "created by the plugin; its parts are not shown"
    counts = Counter(kind(each["type"]) for each in children if each["custom"])
    return ", ".join(name if count == 1 else f"{name}{TIMES}{count}" for name, count in sorted(counts.items()))


def kind(type_token: str) -> str:
    """Return ``Subnet`` for ``aws:ec2/subnet:Subnet``."""
    head, _, last = type_token.rpartition(":")
    return "Provider" if head == "pulumi:providers" else last


def releases(built: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Yield a table of every Helm release."""
    overview = table("release", "chart", "version", "namespace")
    for inputs in _releases(built):
        overview.add_row(*(str(inputs[key]) for key in ("name", "chart", "version", "namespace")))
    yield overview


def values(built: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Yield every Helm release with its repository and its values."""
    for number, inputs in enumerate(_releases(built)):
        if number:
            yield Text()
        yield Text(str(inputs["name"]), style="bold").append(f"  from {_repository(inputs)}", style="dim not bold")
        yield Padding(Text(_yaml(inputs.get("values") or {})), (0, 0, 0, 2))


def _releases(built: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return sorted(
        (each["inputs"] for each in built["resources"] if each["type"] == RELEASE),
        key=lambda inputs: (str(inputs.get("namespace")), str(inputs.get("name"))),
    )


def _repository(inputs: Mapping[str, Any]) -> str:
    return str((inputs.get("repositoryOpts") or {}).get("repo", "an unnamed repository"))


class _Dumper(yaml.SafeDumper):
    """Writes no YAML aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(values: Any) -> str:
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=88).rstrip()


def addresses(settings: Settings) -> Iterator[RenderableType]:
    """Yield the subnets of the stack's VPC; for an existing VPC only its id."""
    if settings.network.existing:
        yield Text(f"{settings.network.existing.vpc_id}: an existing VPC, whose ranges are unknown here.")
        return
    plan = addressing.plan(settings.network.cidr, settings.network.zones)
    found = table("zone", "private (nodes, pods)", "public (NLBs, NAT)")
    for zone in plan.zones:
        found.add_row(zone.zone, zone.private, zone.public)
    yield Text(f"VPC {plan.vpc}, NAT gateway {settings.network.nat}")
    yield found
