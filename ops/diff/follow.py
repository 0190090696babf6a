"""Resources that are replaced because a resource that they name is replaced and gets new outputs.

Only a property that is unknown in both documents can follow; a known one is compared directly. The documents do not
name the dependency that an unknown value comes from. A property such as ``loadBalancerArn`` is attributed to the
dependency whose type it names, any other to all dependencies.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ops.diff.changes import Kind, Replacement, Resource, ResourceChange


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A change whose unknown properties are not evaluated yet."""

    change: ResourceChange
    hidden: tuple[str, ...] = ()
    """Top-level names of the unknown properties that would replace the resource."""
    unsure: tuple[str, ...] = ()
    """Top-level names of the unknown properties that no table covers."""


def follow(found: list[Waiting], news: Mapping[str, Resource]) -> list[ResourceChange]:
    """Return the changes, with the replacements that they cause."""
    done = {each.change.urn: each.change for each in found}
    pulling = {urn: change.name for urn, change in done.items() if change.kind is Kind.REPLACED}
    while pulled := _round(found, done, pulling, news):
        done |= pulled
        # A resource that may or may not be replaced causes no further replacements.
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
    """Return whether a property is named after a type: ``vpcId``, ``nodeRoleArn``, ``launchTemplate``."""
    kind = type_.rpartition(":")[2]
    return re.match(rf"{kind}|.*{kind}(Arn|Ids?|Name)$", path, re.IGNORECASE) is not None
