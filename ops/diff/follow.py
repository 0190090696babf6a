"""Which resources are replaced because one that they name is: its outputs are new ones.

Only a property that is unknown in both documents can follow; one that is known says itself what it does. The
documents do not say which dependency an unknown value comes from: a property such as ``loadBalancerArn`` speaks of
the dependency whose type it names, any other of all of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ops.diff.changes import Kind, Replacement, Resource, ResourceChange


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A change whose unknown properties are not judged yet.

    hidden: top-level names of the unknown properties that would replace it.
    unsure: of those of which no table says what they do.
    """

    change: ResourceChange
    hidden: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


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
        if change.kind is Kind.REPLACED:
            continue
        if names := _pulled_by(change, each.hidden, pulling, news):
            pulled[change.urn] = replace(change, kind=Kind.REPLACED, replacement=Replacement.FOLLOWS, follows=names)
        elif not change.follows and (names := _pulled_by(change, each.unsure, pulling, news)):
            pulled[change.urn] = replace(change, kind=Kind.CHANGED, replacement=Replacement.UNKNOWN, follows=names)
    return pulled


def _pulled_by(
    change: ResourceChange, paths: tuple[str, ...], pulling: Mapping[str, str], news: Mapping[str, Resource]
) -> tuple[str, ...]:
    resource = change.either
    dependencies = [*resource["dependencies"], *resource["references"]]
    named = {urn for path in paths for urn in _named(path, dependencies, news)}
    return tuple(sorted({pulling[urn] for urn in named if urn in pulling}))


def _named(path: str, dependencies: list[str], news: Mapping[str, Resource]) -> list[str]:
    speaking = [urn for urn in dependencies if urn in news and _speaks(path, str(news[urn]["type"]))]
    return speaking or dependencies


def _speaks(path: str, type_: str) -> bool:
    """Whether a property is named after a type: ``vpcId``, ``nodeRoleArn``, ``launchTemplate``."""
    kind = type_.rpartition(":")[2]
    return re.match(rf"{kind}|.*{kind}(Arn|Ids?|Name)$", path, re.IGNORECASE) is not None
