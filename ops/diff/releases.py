"""Helm releases of two documents: their inputs, and their objects if helm and the charts are available."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ops.diff import manifests, resources
from ops.diff.changes import Document, Identity, Kind, Manifest, ReleaseChange, Resource, ResourceChange
from ops.diff.charts import NotRenderedError, Release

RELEASE = "kubernetes:helm.sh/v3:Release"
CLUSTER = "eks:index:Cluster"
# Used where the document does not state the version of Kubernetes.
OLDEST_KUBERNETES = "1.32"
WORKERS = 2

Render = Callable[[Release], str]
Objects = Mapping[Identity, Manifest]


def changes(
    found: tuple[ResourceChange, ...], base: Document, head: Document, renders: tuple[Render, Render]
) -> tuple[ReleaseChange, ...]:
    """Return every release that is added or removed, or whose inputs or objects change.

    Args:
        found: Changed resources.
        base: Document of the base.
        head: Document of the head.
        renders: Functions that render with the charts of base and head; they raise NotRenderedError.
    """
    moved = {each.urn: each.former_urn or each.urn for each in found if each.type == RELEASE}
    olds, news = _releases(base), _releases(head)
    gone = olds.keys() - {moved.get(urn, urn) for urn in news}
    pairs = [
        *((olds.get(moved.get(urn, urn)), new) for urn, new in news.items()),
        *((olds[urn], None) for urn in gone),
    ]

    def compared(pair: tuple[Resource | None, Resource | None]) -> ReleaseChange:
        return _compared(*pair, olds, (base, head), renders)

    with ThreadPoolExecutor(WORKERS) as pool:
        every = list(pool.map(compared, pairs))
    kept = (each for each in every if each.kind is not Kind.CHANGED or each.values or each.manifests)
    return tuple(sorted(kept, key=lambda each: each.name))


def asked(release: Resource, built: Document) -> Release:
    """Return the release for helm to render; unknown values stay ``[unknown]``."""
    inputs = release["inputs"]
    versions = [each["inputs"].get("version") for each in built["resources"] if each["type"] == CLUSTER]
    kubernetes = next((str(each) for each in versions if each), OLDEST_KUBERNETES)
    return Release(
        name=str(inputs.get("name", release["name"])),
        chart=str(inputs.get("chart", "")),
        version=str(inputs.get("version", "")),
        namespace=str(inputs.get("namespace", "default")),
        repository=str((inputs.get("repositoryOpts") or {}).get("repo", "")),
        values=json.dumps(_texts(inputs.get("values") or {}), sort_keys=True),
        kubernetes=f"{kubernetes}.0" if kubernetes.count(".") == 1 else kubernetes,
    )


def _releases(built: Document) -> dict[str, Resource]:
    return {each["urn"]: each for each in built["resources"] if each["type"] == RELEASE}


def _compared(
    old: Resource | None,
    new: Resource | None,
    olds: Mapping[str, Resource],
    documents: tuple[Document, Document],
    renders: tuple[Render, Render],
) -> ReleaseChange:
    either = new or old
    assert either is not None
    like = old or _like(either, olds)
    reason, before, after = _rendered(old, new, documents, renders)
    shown = before
    if new is not None and old is None and like is not None and reason is None:
        reason, shown, _ = _rendered(like, None, documents, renders)
    return ReleaseChange(
        kind=Kind.REMOVED if new is None else Kind.CHANGED if old else Kind.ADDED,
        name=str(either["inputs"].get("name", either["name"])),
        chart=str(either["inputs"].get("chart")),
        version_before=_version(old),
        version_after=_version(new),
        compared_with=str(like["inputs"].get("name")) if like and not old else None,
        values=_values(like, new) if new else (),
        manifests=None if reason else _manifests(like, new, shown or {}, after or {}),
        not_rendered=reason,
        before=None if reason else before,
        after=None if reason else after,
    )


def _like(new: Resource, olds: Mapping[str, Resource]) -> Resource | None:
    """Return the release that a new one is compared with: a canary with its predecessor of the same chart.

    Gateways are not compared with each other.
    """
    found = [each for each in olds.values() if each["inputs"].get("chart") == new["inputs"].get("chart")]
    revisions = [each for each in found if _revision(each) and _revision(each) in str(each["inputs"].get("name"))]
    return revisions[0] if len(revisions) == 1 else None


def _manifests(old: Resource | None, new: Resource | None, before: Objects, after: Objects) -> Any:
    revisions = _revision(old), _revision(new)
    same = {revisions[0]: revisions[1]} if all(revisions) and revisions[0] != revisions[1] else {}
    return manifests.changes(before, after, same)


def _revision(release: Resource | None) -> str:
    return str(((release or {}).get("inputs", {}).get("values") or {}).get("revision") or "")


def _values(old: Resource | None, new: Resource) -> Any:
    return resources.properties(old["inputs"], new["inputs"]) if old else ()


def _version(release: Resource | None) -> str | None:
    return str(release["inputs"].get("version")) if release else None


def _rendered(
    old: Resource | None, new: Resource | None, documents: tuple[Document, Document], renders: tuple[Render, Render]
) -> tuple[str | None, Objects | None, Objects | None]:
    """Return the reason for a failure, or the objects of both sides."""
    try:
        texts = [
            render(asked(side, built)) if side else None
            for side, built, render in zip((old, new), documents, renders, strict=True)
        ]
    except NotRenderedError as error:
        return str(error), None, None
    before, after = (None if each is None else manifests.parsed(each) for each in texts)
    return None, before, after


def _texts(value: Any) -> Any:
    """Replace resources among the values by text, for helm."""
    if isinstance(value, Mapping):
        if set(value) == {"resource"}:
            return "[resource]"
        return {key: _texts(each) for key, each in value.items()}
    return [_texts(each) for each in value] if isinstance(value, list) else value
