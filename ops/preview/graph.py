"""The components of a document and their order, as a Mermaid flowchart."""

from collections.abc import Mapping
from typing import Any

from ops.offline import document
from ops.offline.monitor import STACK_TYPE
from ops.offline.reach import Graph

Edges = dict[str, set[str]]


def render(built: Mapping[str, Any]) -> str:
    """Render one node per component; an arrow points to what must exist first.

    A component that consists of several is drawn as a box around them. Arrows that follow from others are omitted. The
    same document gives the same text.
    """
    edges = reduced(edges_of(built))
    boxes = _boxes(Graph(built))
    boxed = {inner for inside in boxes.values() for inner in inside}
    nodes = [f'    {_id(name)}["{name}"]' for name in sorted(edges) if name not in boxed]
    for box, inside in sorted(boxes.items()):
        nodes += [f'    subgraph box_{_id(box)}["{box}"]']
        nodes += [f'        {_id(name)}["{label}"]' for name, label in sorted(inside.items())]
        nodes += ["    end"]
    arrows = [f"    {_id(name)} --> {_id(target)}" for name in sorted(edges) for target in sorted(edges[name])]
    return "\n".join(["flowchart BT", *nodes, *arrows])


def edges_of(built: Mapping[str, Any]) -> Edges:
    """Return the components of the stack by name, with the components that they or their contents depend on."""
    graph = Graph(built)
    owners = _owners(graph)
    edges: Edges = {name: set() for name in owners.values()}
    for urn, name in owners.items():
        targets = (owners.get(target) for target in graph.edges(urn))
        edges[name] |= {target for target in targets if target and target != name}
    return edges


def _owners(graph: Graph) -> dict[str, str]:
    """Return the node that each resource is drawn in."""
    found: dict[str, str] = {}
    for urn in _outermost(graph):
        inner = _inner(graph, urn)
        for owner in inner if len(inner) > 1 else [urn]:
            found |= dict.fromkeys(graph.within(owner), str(graph.resources[owner]["name"]))
    return found


def _boxes(graph: Graph) -> dict[str, dict[str, str]]:
    """Return the components that consist of several, with the names and labels of those."""
    found = {}
    for urn in _outermost(graph):
        name, inner = str(graph.resources[urn]["name"]), [graph.resources[each] for each in _inner(graph, urn)]
        if len(inner) > 1:
            found[name] = {str(each["name"]): _label(name, each) for each in inner}
    return found


def _label(box: str, inner: Mapping[str, Any]) -> str:
    """Return the name without the name of its box; if they are equal, the type."""
    name = str(inner["name"])
    return str(inner["type"]).rpartition(":")[2] if name == box else name.removeprefix(f"{box}-")


def _outermost(graph: Graph) -> list[str]:
    return [urn for urn, each in graph.resources.items() if document.is_component(each) and _has_no_owner(graph, each)]


def _inner(graph: Graph, urn: str) -> list[str]:
    """Return the local components directly inside another."""
    children = (graph.resources[child] for child in graph.children.get(urn, []))
    return [str(each["urn"]) for each in children if document.is_component(each) and not each["remote"]]


def _has_no_owner(graph: Graph, resource: Mapping[str, Any]) -> bool:
    parent = graph.resources.get(resource["parent"])
    return parent is None or parent["type"] == STACK_TYPE


def reduced(edges: Edges) -> Edges:
    """Remove the edges that follow from a longer path."""
    reach = {name: _reachable(edges, name) for name in edges}
    return {
        name: {
            target
            for target in targets
            # In a cycle every edge follows from the others: keep them all.
            if not any(target in reach[other] and other not in reach[target] for other in targets - {target})
        }
        for name, targets in edges.items()
    }


def _reachable(edges: Edges, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for target in edges[waiting.pop()] - seen:
            seen.add(target)
            waiting.append(target)
    return seen


def _id(name: str) -> str:
    """Return an identifier that is not a Mermaid keyword, such as ``end`` or ``graph``."""
    return f"c_{name.replace('-', '_')}"
