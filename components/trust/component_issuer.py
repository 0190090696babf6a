"""What any certificate authority behind the mesh gives, whoever keeps its keys."""

from dataclasses import dataclass
from typing import Protocol

import pulumi

from .. import trust


@dataclass(frozen=True, kw_only=True)
class Issued:
    """PEM texts, one block each.

    certificate, key: of the signing intermediate; the key is secret.
    signing_root: the root that gave it its certificate.
    roots: every trusted root by ascending number.
    """

    certificate: pulumi.Output[str]
    key: pulumi.Output[str]
    signing_root: pulumi.Output[str]
    roots: list[pulumi.Output[str]]


class Issuer(Protocol):
    """Makes what a plan lists, below ``parent`` and named from ``name``.

    protect: whether the keys that sign refuse their deletion.
    keeping: where its keys lie. Of the one in use ``trust.KEEPING`` tells it, to whoever makes nothing.
    """

    keeping: trust.Keeping

    def __call__(self, name: str, plan: trust.TrustPlan, *, protect: bool, parent: pulumi.Resource) -> Issued:
        """Register everything, and hand out what ``cacerts`` and the outputs need."""
