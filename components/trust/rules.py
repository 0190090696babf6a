"""Rules for the generations of the certificate authority."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from ..settings import Certificates, Generation, Generations
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from .authority import INTERMEDIATE_LIFETIME, ROOT_LIFETIME

_KEY = "mesh.certificates"
_ROOT = f"{_KEY}.root"
_INTERMEDIATE = f"{_KEY}.intermediate"
# A rotation replaces one root by another; its phases are defined for two.
_MOST_ROOTS = 2


@rule("mesh")
def duplicate_numbers(context: Context) -> Iterable[Problem]:
    """Check that every number names one key."""
    certificates = context.settings.mesh.certificates
    return [
        Problem(
            key=f"{_place(key, index)}.number",
            value=generation.number,
            reason="is listed twice: a number identifies one key and one certificate.",
            remedy=f"Give the newer generation a number that was never used, such as {_unused(kind)}.",
        )
        for key, kind in _kinds(certificates)
        for index, generation in enumerate(kind.generations)
        if generation.number in {earlier.number for earlier in kind.generations[:index]}
    ]


@rule("mesh")
def signing_not_listed(context: Context) -> Iterable[Problem]:
    """Check that the generation that signs is listed."""
    certificates = context.settings.mesh.certificates
    return [
        Problem(
            key=f"{key}.signing",
            value=kind.signing,
            reason="is not a listed generation: only listed generations have a key.",
            remedy=f"Use one of {', '.join(str(number) for number in sorted(_numbers(kind)))}, or list this one too.",
        )
        for key, kind in _kinds(certificates)
        if kind.signing not in _numbers(kind)
    ]


@rule("mesh")
def issued_in_future(context: Context) -> Iterable[Problem]:
    """Check that no date is in the future: the next ``up`` creates what is listed, regardless of its date."""
    certificates, today = context.settings.mesh.certificates, context.today
    return [
        Problem(
            key=f"{_place(key, index)}.issued",
            value=generation.issued,
            reason=f"is after today, {today}: the certificate starts with the next `up`, so it would expire before the "
            "day computed from this date, and the warning would come too late.",
            remedy=f'Write "{today}", or list the generation on that day.',
        )
        for key, kind in _kinds(certificates)
        for index, generation in enumerate(kind.generations)
        if generation.issued > today
    ]


@rule("mesh")
def issued_out_of_order(context: Context) -> Iterable[Problem]:
    """Check that a higher number has a later date: the phase treats it as the newer generation."""
    certificates = context.settings.mesh.certificates
    return [
        Problem(
            key=f"{_place(key, kind.generations.index(newer))}.issued",
            value=newer.issued,
            reason=f"is before generation {older.number} was issued, on {older.issued}: the higher number counts as "
            "the newer generation, so the phase of a rotation would be wrong.",
            remedy="Number generations in the order in which they are issued.",
        )
        for key, kind in _kinds(certificates)
        for older, newer in pairwise(sorted(kind.generations, key=lambda generation: generation.number))
        if newer.issued < older.issued
    ]


@rule("mesh")
def too_many_roots(context: Context) -> Iterable[Problem]:
    """Check that at most two roots are listed: one root is replaced at a time."""
    certificates = context.settings.mesh.certificates
    numbers = sorted(_numbers(certificates.root))
    if len(numbers) <= _MOST_ROOTS:
        return []
    return [
        Problem(
            key=f"{_ROOT}.generations",
            value=numbers,
            reason="lists more than two roots: a rotation replaces one root by another, and its steps are checked only "
            "between two.",
            remedy="Finish the current rotation, down to one root, before you list another.",
        )
    ]


@rule("mesh")
def intermediate_outlives_root(context: Context) -> Iterable[Problem]:
    """Check that the signing intermediate does not expire after the signing root."""
    certificates = context.settings.mesh.certificates
    root = _signing(certificates.root)
    intermediate = _signing(certificates.intermediate)
    if root is None or intermediate is None:
        return []
    ends, limit = intermediate.issued + INTERMEDIATE_LIFETIME, root.issued + ROOT_LIFETIME
    if ends <= limit:
        return []
    index = certificates.intermediate.generations.index(intermediate)
    return [
        Problem(
            key=f"{_place(_INTERMEDIATE, index)}.issued",
            value=intermediate.issued,
            reason=f"makes the intermediate expire on {ends}, after root {root.number} that signs it, which expires on "
            f"{limit}: from then on no chain would verify, although the intermediate still looks valid.",
            remedy="Replace the root first: list a new root, let it sign, then list this intermediate.",
        )
    ]


@rule("mesh")
def restarted_in_future(context: Context) -> Iterable[Problem]:
    """Check that the restart of the workloads is not in the future."""
    certificates, today = context.settings.mesh.certificates, context.today
    moment = certificates.workloads_restarted
    # To the day; the step itself waits for the second.
    if moment is None or moment.date() <= today:
        return []
    return [
        Problem(
            key=f"{_KEY}.workloadsRestarted",
            value=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            reason=f"is after today, {today}: it records a restart of every workload in the past, which shortens the "
            "wait before a root is dropped.",
            remedy="Restart the workloads first, then write the time just before the first restart.",
        )
    ]


def _kinds(certificates: Certificates) -> Iterator[tuple[str, Generations]]:
    yield _ROOT, certificates.root
    yield _INTERMEDIATE, certificates.intermediate


def _place(key: str, index: int) -> str:
    return f"{key}.generations[{index}]"


def _numbers(kind: Generations) -> set[int]:
    return {generation.number for generation in kind.generations}


def _unused(kind: Generations) -> int:
    return max(_numbers(kind)) + 1


def _signing(kind: Generations) -> Generation | None:
    return next((generation for generation in kind.generations if generation.number == kind.signing), None)
