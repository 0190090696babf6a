"""Which step from the last applied state of the authority to the next one keeps every certificate valid.

A root is replaced in three steps, an ``up`` each: listed beside the old one and trusted, then signing, then alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from design.problems import Problem
from design.trust.authority import Authority, TrustPlan

_KEY = "mesh.certificates"


@dataclass(frozen=True, kw_only=True)
class _Side:
    """One kind of generations, before and after."""

    listed: frozenset[int]
    signing: int


def skipped(previous: Mapping[str, Any] | None, plan: TrustPlan) -> list[Problem]:
    """What is wrong with going from ``previous`` to ``plan`` at once; nothing before the first ``up``.

    previous: the stack's output ``certificates`` (``state``) as the last ``up`` left it.
    """
    if not previous:
        return []
    roots = _before(previous["root"]), _after(plan.roots, plan.signing.root)
    intermediates = _before(previous["intermediate"]), _after(plan.intermediates, plan.signing.intermediate)
    return [*_roots(*roots), *_intermediates(*intermediates)]


def _roots(before: _Side, after: _Side) -> Iterator[Problem]:
    key = f"{_KEY}.root"
    if after.signing not in before.listed:
        yield Problem(
            key=f"{key}.signing",
            value=after.signing,
            reason="would sign before anybody trusts it: workloads would refuse each other.",
            remedy=f"Keep signing: {before.signing} for this `up`; when every workload has the new root, let it sign.",
        )
    elif before.signing not in after.listed:
        yield Problem(
            key=f"{key}.generations",
            value=sorted(after.listed),
            reason=f"drops root {before.signing}, which signed until now: certificates in use would be refused.",
            remedy=f"List {before.signing} again; drop it a workload certificate's lifetime (24 h) after this `up`.",
        )
    elif not (before.listed <= after.listed or after.listed <= before.listed):
        yield Problem(
            key=f"{key}.generations",
            value=sorted(after.listed),
            reason=f"adds and drops at once ({sorted(before.listed)} before): istiod takes a changed bundle of roots "
            "only when it contains the old one, or is contained in it.",
            remedy="Drop in one `up`, add in the next.",
        )


def _intermediates(before: _Side, after: _Side) -> Iterator[Problem]:
    if before.signing not in after.listed:
        yield Problem(
            key=f"{_KEY}.intermediate.generations",
            value=sorted(after.listed),
            reason=f"drops intermediate {before.signing}, which signed until now: its key is protected, and the way "
            "back would be gone.",
            remedy=f"List {before.signing} again, let the new one sign, `up`; drop it in a later `up`.",
        )


def _before(state: Mapping[str, Any]) -> _Side:
    listed = frozenset(int(each["number"]) for each in state["generations"])
    return _Side(listed=listed, signing=int(state["signing"]))


def _after(authorities: tuple[Authority, ...], signing: int) -> _Side:
    return _Side(listed=frozenset(each.number for each in authorities), signing=signing)
