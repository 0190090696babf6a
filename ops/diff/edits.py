"""Input of the risk rules: Kubernetes objects of both sides, and single values that differ."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ops.diff import manifests, replacement
from ops.diff.changes import Comparison, Document, Identity, Kind, Manifest
from ops.diff.releases import RELEASE


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A value that differs in a resource or object that both sides have."""

    subject: str
    type: str
    path: tuple[str | int, ...]
    """Keys and indices, also inside texts that are JSON."""
    before: Any
    after: Any

    @property
    def keys(self) -> tuple[str, ...]:
        """Path without indices."""
        return tuple(each for each in self.path if isinstance(each, str))


@lru_cache(maxsize=4)
def objects(comparison: Comparison) -> tuple[Mapping[Identity, Manifest], Mapping[Identity, Manifest]]:
    """Return Kubernetes objects before and after: the program's own, and those of rendered releases."""
    before, after = _own(comparison.base), _own(comparison.head)
    for release in comparison.releases:
        before |= release.before or {}
        after |= release.after or {}
    return before, after


@lru_cache(maxsize=4)
def edits(comparison: Comparison) -> tuple[Edit, ...]:
    """Return every value that differs in resources and rendered objects.

    The inputs of a rendered release are left out: its objects show the same changes.
    """
    return tuple(_every(comparison))


def label(identity: Identity) -> str:
    """Return an object as text: namespace, name and kind."""
    kind, namespace, name = identity
    return f"{namespace}/{name} ({kind})" if namespace else f"{name} ({kind})"


def stays(identity: Identity, after: Mapping[Identity, Manifest]) -> bool:
    """Return whether the namespace of an object still exists."""
    return ("Namespace", "", identity[1]) in after


def holds_for_all_of(one: Manifest, other: Manifest) -> bool:
    """Return whether ``one`` selects every workload that ``other``, an Istio object of the same kind, selects."""
    return _selected(one).items() <= _selected(other).items()


def opened(value: Any) -> Any:
    """Parse texts that are JSON objects or lists, such as policies and annotations."""
    if isinstance(value, Mapping):
        return {key: opened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [opened(each) for each in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return opened(json.loads(value))
        except ValueError:
            return value
    return value


def number(value: Any) -> float | None:
    """Return the number in ``3``, ``"3"``, ``"30s"`` or ``"10%"``."""
    if isinstance(value, bool):
        return None
    try:
        return float(str(value).removesuffix("s").removesuffix("%"))
    except ValueError:
        return None


def _every(comparison: Comparison) -> Iterator[Edit]:
    rendered = {each.name for each in comparison.releases if each.before is not None and each.after is not None}
    for change in comparison.resources:
        if change.before is None or change.after is None:
            continue
        old, new = change.before["inputs"], change.after["inputs"]
        if change.type != RELEASE or new.get("name") not in rendered:
            yield from _edits(change.label, change.type, old, new)
    for release in comparison.releases:
        for one in release.manifests or ():
            if one.kind is Kind.CHANGED and release.before and release.after and one.identity in release.before:
                old, new = release.before[one.identity], release.after[one.identity]
                yield from _edits(label(one.identity), one.identity[0], old, new)


def _edits(subject: str, type_: str, before: Any, after: Any) -> Iterator[Edit]:
    for change, old, new in replacement.between(None, opened(before), opened(after), []):
        if not replacement.unseen(old, new):
            yield Edit(subject=subject, type=type_, path=change.path, before=old, after=new)


def _selected(manifest: Manifest) -> Mapping[str, Any]:
    """Return the labels that an object selects workloads by; kinds store them in different fields."""
    spec = manifest.get("spec") or {}
    selector = spec.get("selector") or spec.get("workloadSelector") or {}
    return selector.get("matchLabels") or selector.get("labels") or {}


def _own(built: Document) -> dict[Identity, Manifest]:
    made = (
        each["inputs"]
        for each in built["resources"]
        if each["type"].startswith("kubernetes:") and each["type"] != RELEASE and "metadata" in each["inputs"]
    )
    return {manifests.identity(each): each for each in made}
