"""Version upgrades, and which istiod injects which pods."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from components.settings import names
from ops.diff.changes import Comparison, Document, Kind
from ops.diff.edits import edits, label, objects
from ops.diff.releases import CLUSTER, RELEASE
from ops.diff.risks.rule import Found, Rule

WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
NODE_GROUP = "eks:index:ManagedNodeGroup"


def version_skips_a_minor(comparison: Comparison) -> Iterator[Found]:
    """Find upgrades of Kubernetes, Istio and releases that skip a minor version, and downgrades."""
    sides = [_versions(each) for each in (comparison.base, comparison.head)]
    for what in sides[0].keys() & sides[1].keys():
        step = _step(sides[0][what], sides[1][what])
        if step:
            yield what, f"{sides[0][what]} \u2192 {sides[1][what]} {step}."


def running_istiod_goes(comparison: Comparison) -> Iterator[Found]:
    """Find removed istiods; the proxies they injected use them until their pods are restarted."""
    main = str(comparison.base["outputs"].get("istioVersion"))
    for change in comparison.resources:
        if (
            change.kind is not Kind.REMOVED
            or change.type != RELEASE
            or change.either["inputs"].get("chart") != "istiod"
        ):
            continue
        version = str(change.either["inputs"].get("version"))
        refused = " `up` refuses this while it is the mesh's version." if version == main else ""
        yield change.label, f"istiod {version} is removed. Restart the pods that it injected first.{refused}"


def webhook_or_tag_moves(comparison: Comparison) -> Iterator[Found]:
    """Find changes to which istiod injects pods and validates objects."""
    before, after = objects(comparison)
    outputs = [side["outputs"].get("revisionTag") for side in (comparison.base, comparison.head)]
    if outputs[0] != outputs[1]:
        yield (
            "revision tag",
            f"{outputs[0]} \u2192 {outputs[1]}: pods in namespaces with the old label no longer get a sidecar.",
        )
    for each in sorted(before.keys() | after.keys()):
        if each[0] in WEBHOOKS and before.get(each) != after.get(each):
            yield label(each), _moved(before.get(each), after.get(each))
    for edit in edits(comparison):
        labelled = edit.keys[-2:] in (("labels", names.REVISION_LABEL), ("labels", names.INJECTION_LABEL))
        if labelled and edit.type.rpartition(":")[2] not in WEBHOOKS:
            yield edit.subject, f"{edit.keys[-1]}: {edit.before} \u2192 {edit.after}: restart its pods afterwards."


def _moved(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    if before is None or after is None:
        return "is new." if before is None else "is removed: it no longer injects or validates anything."
    old, new = _services(before), _services(after)
    return f"points to {', '.join(new)} instead of {', '.join(old)}." if old != new else "changes."


def _services(webhook: Mapping[str, Any]) -> list[str]:
    """Return the services that the webhook calls, each once."""
    configs = [each.get("clientConfig", {}) for each in webhook.get("webhooks", ())]
    return sorted({str(each.get("service", {}).get("name") or each.get("url")) for each in configs})


def _versions(built: Document) -> dict[str, str]:
    """Return versions by name; of two istiods, the version of the mesh."""
    found = {
        f"Kubernetes of {each['name']}": str(each["inputs"]["version"])
        for each in built["resources"]
        if each["type"] in (CLUSTER, NODE_GROUP) and "version" in each["inputs"]
    }
    found |= {
        f"release {each['inputs'].get('name')}": str(each["inputs"]["version"])
        for each in built["resources"]
        if each["type"] == RELEASE and "version" in each["inputs"]
    }
    istio = built["outputs"].get("istioVersion")
    return found | ({"Istio": str(istio)} if istio else {})


def _step(before: str, after: str) -> str | None:
    old, new = _minor(before), _minor(after)
    if old is None or new is None or old == new:
        return None
    if new < old:
        return "is a downgrade: an older minor may not read what a newer one wrote"
    if new[0] != old[0]:
        return "is another major version"
    return f"skips {_minors(new[1] - old[1] - 1)}" if new[1] - old[1] > 1 else None


def _minors(count: int) -> str:
    return f"{count} minor version{'' if count == 1 else 's'}"


def _minor(version: str) -> tuple[int, int] | None:
    found = re.match(r"v?(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else None


RULES = (
    Rule(
        title="Minor version skipped, or downgrade",
        why="EKS refuses both for Kubernetes, and Istio supports neither. Upgrade one minor version per `up`.",
        find=version_skips_a_minor,
    ),
    Rule(
        title="Revision of istiod removed",
        why="Proxies without their istiod keep their last routes, and their certificates expire within a day.",
        find=running_istiod_goes,
    ),
    Rule(
        title="Webhook or revision tag changed",
        why="Pods are injected differently from their next start. Running pods do not change.",
        find=webhook_or_tag_moves,
    ),
)
