"""Where the private keys of the authority are stored; read access to one of these places allows signing for the mesh.

It depends on the issuer (``component_issuer``).
"""

from dataclasses import dataclass
from typing import Literal

from ..settings import names
from .authority import TrustPlan

STATE = "the stack's state, encrypted"
CLUSTER = f"Secret {names.CA_SECRET} in {names.ISTIO_SYSTEM}"


@dataclass(frozen=True, kw_only=True)
class Custody:
    """One key, which all certificates of its generation share, and every place where it is stored."""

    kind: Literal["root", "intermediate"]
    """Whether it is the key of a root or an intermediate."""
    number: int
    """Number of the generation."""
    places: tuple[str, ...]
    """Every place where the key is stored."""


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Where an issuer stores keys; with every issuer, ``cacerts`` also contains the intermediate's signing key."""

    roots: tuple[str, ...]
    """Places of the root keys."""
    intermediates: tuple[str, ...]
    """Places of the intermediate keys."""


IN_STATE = Keeping(roots=(STATE,), intermediates=(STATE,))
# That of the issuer in use: change it here when you use another issuer.
KEEPING = IN_STATE


def custody(plan: TrustPlan, keeping: Keeping = KEEPING) -> tuple[Custody, ...]:
    """Return every key, roots first."""
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
