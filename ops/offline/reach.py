"""Order of a document's resources: the edges along which the engine creates them, and destroys them in reverse."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any


class Graph:
    """The resources of one document by URN, with reachability.

    A reaches B if the engine creates B before A and deletes A before B. Edges are dependencies (property dependencies
    included), resources given as inputs, the provider, and the same edges of A's parents: a child waits for everything
    that its component waits for.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.resources: dict[str, Mapping[str, Any]] = {each["urn"]: each for each in document["resources"]}

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Children of each parent, as URNs."""
        found: dict[str, list[str]] = {}
        for urn, resource in self.resources.items():
            if resource["parent"]:
                found.setdefault(resource["parent"], []).append(urn)
        return found

    def edges(self, urn: str) -> set[str]:
        """Return the URNs that a resource or its parents name directly."""
        found: set[str] = set()
        current: str | None = urn
        while current is not None and current in self.resources:
            found |= _named(self.resources[current])
            current = self.resources[current]["parent"]
        return found

    def reachable(self, urn: str) -> set[str]:
        """Return every URN that must exist before this one."""
        seen: set[str] = set()
        waiting = [urn]
        while waiting:
            for target in self.edges(waiting.pop()) - seen:
                seen.add(target)
                waiting.append(target)
        return seen

    def reaches(self, urn: str, target: str) -> bool:
        """Return whether ``target`` or, for a component, one of the resources inside it must exist first."""
        return not self.reachable(urn).isdisjoint(self.within(target))

    def within(self, urn: str) -> set[str]:
        """Return a resource and everything below it."""
        return {urn, *_flatten(self.within(child) for child in self.children.get(urn, []))}


def _named(resource: Mapping[str, Any]) -> set[str]:
    provider = {resource["provider"]} if resource["provider"] else set()
    return {*resource["dependencies"], *resource["references"], *provider}


def _flatten(sets: Iterable[set[str]]) -> set[str]:
    return {each for group in sets for each in group}
