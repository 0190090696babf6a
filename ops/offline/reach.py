"""Who waits for whom in a document: the edges along which the engine creates, and backwards destroys."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any


class Graph:
    """The resources of one document by URN, with reachability.

    A reaches B when the engine makes B before A and deletes A before B. It follows dependencies (property
    dependencies included), resources given as inputs, the provider, and the same edges of A's parents: a child waits
    for whatever its component waits for.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.resources: dict[str, Mapping[str, Any]] = {each["urn"]: each for each in document["resources"]}

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """URNs of the children of each parent."""
        found: dict[str, list[str]] = {}
        for urn, resource in self.resources.items():
            if resource["parent"]:
                found.setdefault(resource["parent"], []).append(urn)
        return found

    def edges(self, urn: str) -> set[str]:
        """What one resource names directly, its parents' edges included."""
        found: set[str] = set()
        current: str | None = urn
        while current is not None and current in self.resources:
            found |= _named(self.resources[current])
            current = self.resources[current]["parent"]
        return found

    def reachable(self, urn: str) -> set[str]:
        """Every URN that must exist before this one."""
        seen: set[str] = set()
        waiting = [urn]
        while waiting:
            for target in self.edges(waiting.pop()) - seen:
                seen.add(target)
                waiting.append(target)
        return seen

    def reaches(self, urn: str, target: str) -> bool:
        """Whether ``target`` or, for a component, one of the resources inside it must exist first."""
        return not self.reachable(urn).isdisjoint(self.within(target))

    def within(self, urn: str) -> set[str]:
        """A resource and everything below it."""
        return {urn, *_flatten(self.within(child) for child in self.children.get(urn, []))}


def _named(resource: Mapping[str, Any]) -> set[str]:
    provider = {resource["provider"]} if resource["provider"] else set()
    return {*resource["dependencies"], *resource["references"], *provider}


def _flatten(sets: Iterable[set[str]]) -> set[str]:
    return {each for group in sets for each in group}
