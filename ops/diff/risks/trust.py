"""The certificate authority: who signs, who is trusted, what the Secret cacerts is built from."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.settings import names
from ops.diff.changes import Comparison, Kind
from ops.diff.risks.rule import Found, Rule

CACERTS = "kubernetes:core/v1:Secret"


def certificate_authority_changes(comparison: Comparison) -> Iterator[Found]:
    """Find roots and intermediates that are added or removed, or that start to sign."""
    before, after = (side["outputs"].get("certificates") for side in (comparison.base, comparison.head))
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        if before != after:
            yield "certificates", "are known in only one revision, so the rotation step cannot be checked."
        return
    for kind in ("root", "intermediate"):
        yield from _generations(kind, before.get(kind) or {}, after.get(kind) or {})
    if before.get("phase") != after.get("phase"):
        yield "phase", f"{before.get('phase')} \u2192 {after.get('phase')}."


def cacerts_changes(comparison: Comparison) -> Iterator[Found]:
    """Find changes to the Secret that istiod signs with, and to what it is built from."""
    for change in comparison.resources:
        if _is_cacerts(change.either):
            yield change.label, f"is {change.kind.value}."
        elif change.type.startswith("tls:") and change.kind in (Kind.CHANGED, Kind.REPLACED):
            paths = ", ".join(each.path for each in change.properties) or "its inputs"
            yield change.label, f"is {change.kind.value}: {paths}."
    yield from _made_of(comparison)


def trust_domain_changes(comparison: Comparison) -> Iterator[Found]:
    """Find a change of the trust domain, which renames every identity in the mesh."""
    before, after = (side["outputs"].get("trustDomain") for side in (comparison.base, comparison.head))
    if before != after:
        yield "trust domain", f"{before} \u2192 {after}: policies that name the old domain no longer match any caller."


def _generations(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Found]:
    listed = [{each.get("number") for each in side.get("generations", ())} for side in (before, after)]
    signing = before.get("signing"), after.get("signing")
    for number in sorted(listed[1] - listed[0]):
        yield f"{kind} {number}", "is new." if kind == "intermediate" else "is new: every proxy will trust it."
    for number in sorted(listed[0] - listed[1]):
        signed = " It still signs, so `up` refuses this." if number == signing[0] else ""
        yield f"{kind} {number}", f"is removed: certificates that it signed are rejected from then on.{signed}"
    if signing[0] != signing[1]:
        first = (
            "" if signing[1] in listed[0] else " It is new in this change, so `up` refuses it: no proxy trusts it yet."
        )
        yield f"{kind} {signing[1]}", f"signs instead of {signing[0]}.{first if kind == 'root' else ''}"


def _made_of(comparison: Comparison) -> Iterator[Found]:
    """Compare what cacerts is built from; its contents are secret in both documents."""
    sides = [
        {each["urn"]: each for each in side["resources"] if _is_cacerts(each)}
        for side in (comparison.base, comparison.head)
    ]
    for urn in sides[0].keys() & sides[1].keys():
        before, after = (_certificates(side[urn]) for side in sides)
        if before != after:
            changed = [f"+ {each}" for each in sorted(after - before)] + [
                f"- {each}" for each in sorted(before - after)
            ]
            yield f"{names.CA_SECRET} (Secret)", f"is built from other certificates: {', '.join(changed)}."


def _certificates(secret: Mapping[str, Any]) -> set[str]:
    return {each.split("::", 3)[3] for each in secret["dependencies"] if "tls:index/" in each}


def _is_cacerts(resource: Mapping[str, Any]) -> bool:
    metadata = resource["inputs"].get("metadata")
    return resource["type"] == CACERTS and isinstance(metadata, Mapping) and metadata.get("name") == names.CA_SECRET


RULES = (
    Rule(
        title="Certificate authority changed",
        why="Two steps at once make workloads reject each other. Do one step per `up`, a day apart.",
        find=certificate_authority_changes,
    ),
    Rule(
        title="Secret cacerts changed",
        why="istiod reloads it while running. Watch TLS handshakes after the `up`.",
        find=cacerts_changes,
    ),
    Rule(
        title="Trust domain changed",
        why="Proxies get their new identity one by one. Until the last one has it, old and new reject each other.",
        find=trust_domain_changes,
    ),
)
