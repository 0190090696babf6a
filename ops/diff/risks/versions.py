"""Steps from one version to another, and who injects with which."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from components.settings import names
from ops.diff.changes import Comparison, Document, Kind
from ops.diff.edits import edits, objects, told
from ops.diff.releases import CLUSTER, RELEASE
from ops.diff.risks.rule import Found, Rule

WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
NODE_GROUP = "eks:index:ManagedNodeGroup"


def version_skips_a_minor(comparison: Comparison) -> Iterator[Found]:
    """Neither Kubernetes nor Istio is upgraded over a minor, and neither goes back."""
    sides = [_versions(each) for each in (comparison.base, comparison.head)]
    for what in sides[0].keys() & sides[1].keys():
        step = _step(sides[0][what], sides[1][what])
        if step:
            yield what, f"{sides[0][what]} \u2192 {sides[1][what]} {step}."


def running_istiod_goes(comparison: Comparison) -> Iterator[Found]:
    """Proxies that it injected stay with it until their pods are restarted."""
    main = str(comparison.base["outputs"].get("istioVersion"))
    for change in comparison.resources:
        if (
            change.kind is not Kind.REMOVED
            or change.type != RELEASE
            or change.either["inputs"].get("chart") != "istiod"
        ):
            continue
        version = str(change.either["inputs"].get("version"))
        refused = " `up` refuses that while it is the mesh's version." if version == main else ""
        yield change.label, f"the istiod of {version} goes: restart what it injected first.{refused}"


def webhook_or_tag_moves(comparison: Comparison) -> Iterator[Found]:
    """Other pods are injected, by another istiod, or objects are checked otherwise."""
    before, after = objects(comparison)
    outputs = [side["outputs"].get("revisionTag") for side in (comparison.base, comparison.head)]
    if outputs[0] != outputs[1]:
        yield "revision tag", f"{outputs[0]} \u2192 {outputs[1]}: namespaces with the old label are injected no more."
    for each in sorted(before.keys() | after.keys()):
        if each[0] in WEBHOOKS and before.get(each) != after.get(each):
            yield told(each), _moved(before.get(each), after.get(each))
    for edit in edits(comparison):
        labelled = edit.keys[-2:] in (("labels", names.REVISION_LABEL), ("labels", names.INJECTION_LABEL))
        if labelled and edit.type.rpartition(":")[2] not in WEBHOOKS:
            yield edit.subject, f"{edit.keys[-1]}: {edit.before} \u2192 {edit.after}: restart its pods afterwards."


def _moved(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    if before is None or after is None:
        return "is new." if before is None else "goes: nothing is injected or checked by it any more."
    old, new = _services(before), _services(after)
    return f"points to {', '.join(new)} in the place of {', '.join(old)}." if old != new else "changes."


def _services(webhook: Mapping[str, Any]) -> list[str]:
    """Where its calls go, each once."""
    configs = [each.get("clientConfig", {}) for each in webhook.get("webhooks", ())]
    return sorted({str(each.get("service", {}).get("name") or each.get("url")) for each in configs})


def _versions(built: Document) -> dict[str, str]:
    """What runs in which version; of a pair of istiods the mesh's own."""
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
        return "goes back: what a newer minor has written an older one may not read"
    if new[0] != old[0]:
        return "is another major version"
    return f"skips {new[1] - old[1] - 1} minor" if new[1] - old[1] > 1 else None


def _minor(version: str) -> tuple[int, int] | None:
    found = re.match(r"v?(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else None


RULES = (
    Rule(
        title="A version skips a minor, or goes back",
        why="EKS refuses it for Kubernetes; Istio supports neither. One minor an `up`.",
        find=version_skips_a_minor,
    ),
    Rule(
        title="An istiod goes",
        why="Proxies without their istiod keep their last routes, and their certificates end within a day.",
        find=running_istiod_goes,
    ),
    Rule(
        title="A webhook or the revision tag moves",
        why="New pods are injected differently from the next restart on; those that run are not touched.",
        find=webhook_or_tag_moves,
    ),
)
