"""Comparison of one stack of two revisions."""

from collections.abc import Mapping
from dataclasses import replace

from ops.diff import figures, releases, resources, risks
from ops.diff.changes import NO_DOCUMENT, Comparison, Figure, Sides
from ops.diff.evaluate import Evaluated
from ops.diff.releases import Render


def stack(name: str, old: Evaluated | None, new: Evaluated | None, renders: tuple[Render, Render]) -> Comparison:
    """Compare a stack and report its risks.

    Args:
        name: Name of the stack.
        old: Plan of the base; ``None`` if the base does not have the stack.
        new: Plan of the head; ``None`` if the head does not have it. One of the two has it.
        renders: Functions that render the releases of base and head.
    """
    before, after = (each.document if each else NO_DOCUMENT for each in (old, new))
    changed = resources.changes(before, after)
    sides = Sides.BOTH if old and new else Sides.NEW if new else Sides.REMOVED
    both = sides is Sides.BOTH
    comparison = Comparison(
        stack=name,
        sides=sides,
        base=before,
        head=after,
        resources=changed,
        outputs=resources.properties(before["outputs"], after["outputs"]) if both else (),
        releases=releases.changes(changed, before, after, renders) if both else (),
        figures=_figures(old, new),
        warnings=tuple(each for each in after["warnings"] if each not in before["warnings"]),
        notes=tuple(_without_numbers(old, new)),
    )
    return replace(comparison, risks=risks.risks(comparison))


def _figures(old: Evaluated | None, new: Evaluated | None) -> tuple[Figure, ...]:
    known = [each.numbers if each and isinstance(each.numbers, Mapping) else None for each in (old, new)]
    compared = all(each is None or isinstance(each.numbers, Mapping) for each in (old, new))
    return figures.figures(known[0], known[1]) if compared else ()


def _without_numbers(old: Evaluated | None, new: Evaluated | None) -> list[str]:
    return [
        f"Cost, capacity, addresses and certificates are not compared: the {side} has no numbers ({each.numbers})."
        for side, each in (("base", old), ("head", new))
        if each and isinstance(each.numbers, str)
    ]
