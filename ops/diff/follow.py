"""Which resources are replaced because one that they name is: its outputs are new ones.

Only a property that is unknown in both documents can follow; one that is known says itself what it does. The
documents do not say which dependency an unknown value comes from: a property such as ``loadBalancerArn`` speaks of
the dependency that has its name, any other of all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ops.diff.changes import Kind, Replacement, Resource, ResourceChange


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A change whose unknown properties are not judged yet.

    hidden: top-level names of the unknown properties that would replace it; of a type in no table, of all of them.
    known: whether a table has its type.
    """

    change: ResourceChange
    hidden: tuple[str, ...] = ()
    known: bool = True


def follow(found: list[Waiting], news: Mapping[str, Resource]) -> list[ResourceChange]:
    """The changes, and what they pull with them."""
    done = {each.change.urn: each.change for each in found}
    pulling = {urn: change.name for urn, change in done.items() if change.kind is Kind.REPLACED}
    while pulled := _round(found, done, pulling, news):
        done |= pulled
        # What nobody knows to be replaced pulls nothing.
        pulling |= {urn: each.name for urn, each in pulled.items() if each.kind is Kind.REPLACED}
    return [done[each.change.urn] for each in found]


def _round(
    found: list[Waiting], done: Mapping[str, ResourceChange], pulling: Mapping[str, str], news: Mapping[str, Resource]
) -> dict[str, ResourceChange]:
    pulled: dict[str, ResourceChange] = {}
    for each in found:
        change = done[each.change.urn]
        names = _pulled_by(each, pulling, news)
        if not names or change.kind is Kind.REPLACED or change.follows:
            continue
        if each.known:
            pulled[change.urn] = replace(change, kind=Kind.REPLACED, replacement=Replacement.FOLLOWS, follows=names)
        else:
            pulled[change.urn] = replace(change, kind=Kind.CHANGED, replacement=Replacement.UNKNOWN, follows=names)
    return pulled


def _pulled_by(waiting: Waiting, pulling: Mapping[str, str], news: Mapping[str, Resource]) -> tuple[str, ...]:
    resource = waiting.change.either
    dependencies = [*resource["dependencies"], *resource["references"]]
    named = {urn for path in waiting.hidden for urn in _named(path, dependencies, news)}
    return tuple(sorted({pulling[urn] for urn in named if urn in pulling}))


def _named(path: str, dependencies: list[str], news: Mapping[str, Resource]) -> list[str]:
    speaking = [
        urn
        for urn in dependencies
        if urn in news and path.lower().startswith(str(news[urn]["type"]).rpartition(":")[2].lower())
    ]
    return speaking or dependencies
