"""The certificate authority: who signs, who is trusted, what cacerts is made of."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.settings import names
from ops.diff.changes import Comparison, Kind
from ops.diff.risks.rule import Found, Rule

CACERTS = "kubernetes:core/v1:Secret"


def certificate_authority_changes(comparison: Comparison) -> Iterator[Found]:
    """Other roots, other intermediates, another that signs."""
    before, after = (side["outputs"].get("certificates") for side in (comparison.base, comparison.head))
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        if before != after:
            yield "certificates", "are known in one revision only: their steps cannot be compared."
        return
    for kind in ("root", "intermediate"):
        yield from _generations(kind, before.get(kind) or {}, after.get(kind) or {})
    if before.get("phase") != after.get("phase"):
        yield "phase", f"{before.get('phase')} \u2192 {after.get('phase')}."


def cacerts_changes(comparison: Comparison) -> Iterator[Found]:
    """The Secret that istiod signs with is made of something else."""
    for change in comparison.resources:
        if _is_cacerts(change.either):
            yield change.label, f"is {change.kind.value}."
        elif change.type.startswith("tls:") and change.kind in (Kind.CHANGED, Kind.REPLACED):
            paths = ", ".join(each.path for each in change.properties) or "what it is made from"
            yield change.label, f"is {change.kind.value}: {paths}."
    yield from _made_of(comparison)


def trust_domain_changes(comparison: Comparison) -> Iterator[Found]:
    """Every identity in the mesh gets another name."""
    before, after = (side["outputs"].get("trustDomain") for side in (comparison.base, comparison.head))
    if before != after:
        yield "trust domain", f"{before} \u2192 {after}: policies that name the old one match nobody any more."


def _generations(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Found]:
    listed = [{each.get("number") for each in side.get("generations", ())} for side in (before, after)]
    signing = before.get("signing"), after.get("signing")
    for number in sorted(listed[1] - listed[0]):
        yield f"{kind} {number}", "is new." if kind == "intermediate" else "is new: every proxy comes to trust it."
    for number in sorted(listed[0] - listed[1]):
        signed = " It signs until now: `up` refuses that." if number == signing[0] else ""
        yield f"{kind} {number}", f"goes: certificates that it signed are refused from then on.{signed}"
    if signing[0] != signing[1]:
        first = "" if signing[1] in listed[0] else " It is listed only now: `up` refuses a root that nobody trusts yet."
        yield f"{kind} {signing[1]}", f"signs in the place of {signing[0]}.{first if kind == 'root' else ''}"


def _made_of(comparison: Comparison) -> Iterator[Found]:
    """Its contents are secret in both documents; what they are made from is not."""
    sides = [
        {each["urn"]: each for each in side["resources"] if _is_cacerts(each)}
        for side in (comparison.base, comparison.head)
    ]
    for urn in sides[0].keys() & sides[1].keys():
        before, after = (_certificates(side[urn]) for side in sides)
        if before != after:
            told = [f"+ {each}" for each in sorted(after - before)] + [f"- {each}" for each in sorted(before - after)]
            yield f"{names.CA_SECRET} (Secret)", f"is made of other certificates: {', '.join(told)}."


def _certificates(secret: Mapping[str, Any]) -> set[str]:
    return {each.split("::", 3)[3] for each in secret["dependencies"] if "tls:index/" in each}


def _is_cacerts(resource: Mapping[str, Any]) -> bool:
    metadata = resource["inputs"].get("metadata")
    return resource["type"] == CACERTS and isinstance(metadata, Mapping) and metadata.get("name") == names.CA_SECRET


RULES = (
    Rule(
        title="The certificate authority changes",
        why="A step too many at once and workloads refuse each other. One step an `up`, a day apart.",
        find=certificate_authority_changes,
    ),
    Rule(
        title="The Secret cacerts changes",
        why="istiod takes it over while it runs; watch the handshakes after the `up`.",
        find=cacerts_changes,
    ),
    Rule(
        title="The trust domain changes",
        why="Proxies get their new identity one by one; until the last has it, old and new do not know each other.",
        find=trust_domain_changes,
    ),
)
