"""Where the private keys of the authority lie; who may read one of these places may sign in the mesh's name."""

from dataclasses import dataclass
from typing import Literal

from design import names
from design.trust.authority import TrustPlan

STATE = "the stack's state, encrypted"
CLUSTER = f"Secret {names.CA_SECRET} in {names.ISTIO_SYSTEM}"


@dataclass(frozen=True, kw_only=True)
class Custody:
    """One key and every place it lies in. It is the key of all certificates of its generation."""

    kind: Literal["root", "intermediate"]
    number: int
    places: tuple[str, ...]


def custody(plan: TrustPlan) -> tuple[Custody, ...]:
    """Every key, roots first, of the issuer that keeps them in the state: the only one yet."""
    return (
        *(Custody(kind="root", number=root.number, places=(STATE,)) for root in plan.roots),
        *(
            Custody(kind="intermediate", number=each.number, places=(STATE, CLUSTER) if each.signs else (STATE,))
            for each in plan.intermediates
        ),
    )
