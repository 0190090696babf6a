"""The components of a document and who waits for whom, as a Mermaid flowchart."""

from collections.abc import Mapping
from typing import Any

from ops.offline import document
from ops.offline.reach import Graph

Edges = dict[str, set[str]]


def render(built: Mapping[str, Any]) -> str:
    """One node a component of the stack; an arrow points at what must exist first.

    The same document gives the same text. Arrows that follow from others are left out.
    """
    edges = reduced(edges_of(built))
    nodes = [f'    {_id(name)}["{name}"]' for name in sorted(edges)]
    arrows = [f"    {_id(name)} --> {_id(target)}" for name in sorted(edges) for target in sorted(edges[name])]
    return "\n".join(["flowchart BT", *nodes, *arrows])


def edges_of(built: Mapping[str, Any]) -> Edges:
    """Components of the stack by name, with those that they or anything inside them name."""
    graph = Graph(built)
    owners = {
        inside: resource["name"]
        for urn, resource in graph.resources.items()
        if document.is_component(resource) and _is_outermost(graph, resource)
        for inside in graph.within(urn)
    }
    edges: Edges = {name: set() for name in owners.values()}
    for urn, name in owners.items():
        targets = (owners.get(target) for target in graph.edges(urn))
        edges[name] |= {target for target in targets if target and target != name}
    return edges


def _is_outermost(graph: Graph, resource: Mapping[str, Any]) -> bool:
    parent = graph.resources.get(resource["parent"])
    return parent is None or parent["type"] == document.STACK_TYPE


def reduced(edges: Edges) -> Edges:
    """Without the edges that a longer way already says."""
    reach = {name: _reachable(edges, name) for name in edges}
    return {
        name: {
            target
            for target in targets
            # Inside a circle every edge is said by the others: keep them all.
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
    """Mermaid reads some words, ``end`` and ``graph`` among them, as its own."""
    return f"c_{name.replace('-', '_')}"
