"""Interface of the certificate authorities that can issue the mesh's certificates."""

from dataclasses import dataclass
from typing import Protocol

import pulumi

from .. import trust


@dataclass(frozen=True, kw_only=True)
class Issued:
    """PEM texts, one block each."""

    certificate: pulumi.Output[str]
    """Certificate of the signing intermediate."""
    key: pulumi.Output[str]
    """Private key of the signing intermediate; secret."""
    signing_root: pulumi.Output[str]
    """Root that signed its certificate."""
    roots: list[pulumi.Output[str]]
    """Every trusted root by ascending number."""


class Issuer(Protocol):
    """Creates the keys and certificates of a plan."""

    keeping: trust.Keeping
    """Where its keys are stored; for the issuer in use, ``trust.KEEPING`` must be the same."""

    def __call__(self, name: str, plan: trust.TrustPlan, *, protect: bool, parent: pulumi.Resource) -> Issued:
        """Register every resource, and return what ``cacerts`` and the outputs need.

        Args:
            name: prefix of the logical names.
            plan: generations, and the ones that sign.
            protect: whether the signing keys are protected from deletion.
            parent: parent of the resources.
        """
