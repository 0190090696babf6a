"""Where the private keys of the authority lie; who may read one of these places may sign in the mesh's name.

What it depends on is the issuer's to say: ``component_issuer``.
"""

from dataclasses import dataclass
from typing import Literal

from ..settings import names
from .authority import TrustPlan

STATE = "the stack's state, encrypted"
CLUSTER = f"Secret {names.CA_SECRET} in {names.ISTIO_SYSTEM}"


@dataclass(frozen=True, kw_only=True)
class Custody:
    """One key and every place it lies in. It is the key of all certificates of its generation."""

    kind: Literal["root", "intermediate"]
    number: int
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Where an issuer keeps keys; that ``cacerts`` has the one which signs goes for all of them."""

    roots: tuple[str, ...]
    intermediates: tuple[str, ...]


IN_STATE = Keeping(roots=(STATE,), intermediates=(STATE,))
# Of the issuer in use: who installs another changes it here.
KEEPING = IN_STATE


def custody(plan: TrustPlan, keeping: Keeping = KEEPING) -> tuple[Custody, ...]:
    """Every key, roots first."""
    return (
        *(Custody(kind="root", number=root.number, places=keeping.roots) for root in plan.roots),
        *(
            Custody(
                kind="intermediate",
                number=each.number,
                places=(*keeping.intermediates, CLUSTER) if each.signs else keeping.intermediates,
            )
            for each in plan.intermediates
        ),
    )
