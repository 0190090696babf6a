"""A report as JSON: always the same keys, nothing left out."""

from typing import Any

from ops.diff.changes import Comparison, Failed, Property, ReleaseChange, ResourceChange, Sides
from ops.diff.report import Report, Side, status
from ops.diff.risks import BY_NAME

VERSION = 1


def report(found: Report) -> dict[str, Any]:
    """Return the report. Every stack has every key; the lists of a failed stack are empty."""
    return {
        "version": VERSION,
        "status": found.status.value,
        "base": _side(found.base),
        "head": _side(found.head),
        "notes": list(found.notes),
        "stacks": [_failed(each) if isinstance(each, Failed) else _compared(each) for each in found.stacks],
    }


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "commit": side.commit}


def _compared(each: Comparison) -> dict[str, Any]:
    return {
        "stack": each.stack,
        "sides": each.sides.value,
        "status": status(each).value,
        "failed": None,
        "settings": [],
        "risks": [
            {"rule": risk.rule, "title": BY_NAME[risk.rule].title, "subject": risk.subject, "told": risk.told}
            for risk in each.risks
        ],
        "resources": [_resource(change) for change in each.resources],
        "outputs": [_property(one) for one in each.outputs],
        "releases": [_release(release) for release in each.releases],
        "figures": [
            {"section": one.section, "what": one.what, "before": one.before, "after": one.after} for one in each.figures
        ],
        "warnings": list(each.warnings),
        "notes": list(each.notes),
    }


def _failed(each: Failed) -> dict[str, Any]:
    empty = _compared(Comparison(stack=each.stack, sides=Sides.BOTH, base={}, head={}))
    return {
        **empty,
        "status": status(each).value,
        "failed": {"side": each.side, "reason": each.reason},
        "settings": list(each.settings),
    }


def _resource(change: ResourceChange) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "urn": change.urn,
        "formerUrn": change.former_urn,
        "type": change.type,
        "name": change.name,
        "component": change.component,
        "replacement": change.replacement.value,
        "follows": list(change.follows),
        "properties": [_property(each) for each in change.properties],
    }


def _property(each: Property) -> dict[str, Any]:
    return {"path": each.path, "before": each.before, "after": each.after, "replaces": each.replaces}


def _release(release: ReleaseChange) -> dict[str, Any]:
    objects = [
        {
            "kind": each.kind.value,
            "object": dict(zip(("kind", "namespace", "name"), each.identity, strict=True)),
            "diff": list(each.lines),
        }
        for each in release.manifests or ()
    ]
    return {
        "kind": release.kind.value,
        "name": release.name,
        "chart": release.chart,
        "versionBefore": release.version_before,
        "versionAfter": release.version_after,
        "comparedWith": release.compared_with,
        "values": [_property(each) for each in release.values],
        "notRendered": release.not_rendered,
        "objects": objects,
    }
