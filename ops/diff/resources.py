"""Changed resources between two documents of one stack, in the terms of the Pulumi engine."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ops.diff import follow, replacement, urns
from ops.diff.changes import Document, Kind, Property, Replacement, Resource, ResourceChange
from ops.diff.follow import Waiting
from ops.diff.tables.difference import Change
from ops.offline import document
from ops.offline.monitor import STACK_TYPE

# Options whose change matters to a reviewer.
OPTIONS = ("protect", "retainOnDelete", "deletedWith", "ignoreChanges")
_ORDER = list(Kind)


def changes(base: Document, head: Document) -> tuple[ResourceChange, ...]:
    """Return what `pulumi up` would do to each resource that is not only a group of others."""
    olds, news = _by_urn(base), _by_urn(head)
    before = {urn: _old_urn(new, olds, news) for urn, new in news.items()}
    gone = olds.keys() - {each for each in before.values() if each}
    found = [
        *(Waiting(change=_change(Kind.REMOVED, olds[urn], olds, before=olds[urn])) for urn in sorted(gone)),
        *(_compared(olds[old] if old else None, news[urn], olds, news) for urn, old in sorted(before.items())),
    ]
    followed = follow.follow([each for each in found if not _grouping(each.change.either)], news)
    kept = (each for each in followed if each.kind is not Kind.CHANGED or _says_something(each))
    return tuple(sorted(kept, key=lambda each: (each.component, _ORDER.index(each.kind), each.name, each.type)))


def component(resource: Resource, resources: Mapping[str, Resource]) -> str:
    """Return the names of the components around a resource, the outermost first; empty if there are none."""
    names: list[str] = []
    parent = resources.get(resource["parent"] or "")
    while parent is not None and parent["type"] != STACK_TYPE:
        names.insert(0, parent["name"])
        parent = resources.get(parent["parent"] or "")
    return " / ".join(names)


def properties(before: Any, after: Any) -> tuple[Property, ...]:
    """Return the differences between two maps that belong to no provider, such as outputs and values."""
    found = replacement.between(None, before, after, [])
    return tuple(_property(*each) for each in found if not replacement.unseen(each[1], each[2]))


def _by_urn(built: Document) -> dict[str, Resource]:
    return {each["urn"]: each for each in built["resources"]}


def _grouping(resource: Resource) -> bool:
    """Return whether a resource exists only in the engine's state: the stack, or a component of this program."""
    if resource["type"] == STACK_TYPE:
        return True
    return document.is_component(resource) and not resource["remote"]


def _old_urn(new: Resource, olds: Mapping[str, Resource], news: Mapping[str, Resource]) -> str | None:
    if new["urn"] in olds:
        return str(new["urn"])
    return next((urn for urn in urns.former(new, news) if urn in olds and urn not in news), None)


def _compared(
    old: Resource | None, new: Resource, olds: Mapping[str, Resource], news: Mapping[str, Resource]
) -> Waiting:
    if old is None:
        return Waiting(change=_change(Kind.ADDED, new, news, after=new))
    found = replacement.rule(new, news)
    # Ignored properties keep their value in the state.
    every = list(replacement.between(found, old["inputs"], new["inputs"], new["options"]["ignoreChanges"]))
    seen = [each for each in every if not replacement.unseen(each[1], each[2])]
    hidden = [change for change, before, after in every if replacement.unseen(before, after)]
    replaces = any(change.replaces for change, _, _ in seen) or _other_provider(old, new, olds, news)
    change = replace(
        _change(Kind.REPLACED if replaces else Kind.CHANGED, new, news, before=old, after=new),
        former_urn=old["urn"] if old["urn"] != new["urn"] else None,
        properties=(*(_property(*each) for each in seen), *_options(old, new)),
        replacement=_replacement(all(replacement.knows(found, each) for each, _, _ in seen), replaces),
    )
    if change.former_urn and not change.properties and not replaces:
        change = replace(change, kind=Kind.RENAMED)
    unsure = tuple(str(each.path[0]) for each in hidden if not replacement.knows(found, each))
    return Waiting(change=change, hidden=tuple(str(each.path[0]) for each in hidden if each.replaces), unsure=unsure)


def _change(
    kind: Kind,
    resource: Resource,
    resources: Mapping[str, Resource],
    before: Resource | None = None,
    after: Resource | None = None,
) -> ResourceChange:
    return ResourceChange(
        kind=kind,
        urn=resource["urn"],
        former_urn=None,
        type=resource["type"],
        name=resource["name"],
        component=component(resource, resources),
        replacement=Replacement.NO,
        properties=(),
        follows=(),
        before=before,
        after=after,
    )


def _replacement(known: bool, replaces: bool) -> Replacement:
    if replaces:
        return Replacement.YES
    return Replacement.NO if known else Replacement.UNKNOWN


def _other_provider(old: Resource, new: Resource, olds: Mapping[str, Resource], news: Mapping[str, Resource]) -> bool:
    """Return whether the provider resource is another one, which replaces the resource; a renamed one does not."""
    if old["provider"] == new["provider"]:
        return False
    return not new["provider"] or _old_urn(news[new["provider"]], olds, news) != old["provider"]


def _property(change: Change, before: Any, after: Any) -> Property:
    return Property(path=change.text, before=before, after=after, replaces=change.replaces)


def _options(old: Resource, new: Resource) -> Iterator[Property]:
    for name in OPTIONS:
        before, after = old["options"][name], new["options"][name]
        if before != after:
            yield Property(path=f"options.{name}", before=before, after=after, replaces=False)


def _says_something(change: ResourceChange) -> bool:
    return bool(change.properties) or change.replacement is not Replacement.NO
