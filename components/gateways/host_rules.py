"""Rules between gateways: which gateway and namespace claims a host. Rules for one gateway are in ``rules``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from ..settings import validation
from ..settings.hosts import ANY, HostClaim
from ..settings.problems import Problem
from ..settings.registry import Context, rule


@dataclass(frozen=True, kw_only=True)
class _Place:
    """One host of one gateway, and its place in the settings."""

    gateway: str
    index: int
    claim: HostClaim

    @property
    def key(self) -> str:
        """Key of the host in the settings."""
        return validation.path(("gateways", self.gateway, "hosts", self.index))


@rule("mesh")
def host_claimed_twice(context: Context) -> Iterable[Problem]:
    """Check that every host has one owner: one gateway and one namespace."""
    for first, second in combinations(_places(context), 2):
        if first.claim.host == second.claim.host and not _is_repetition(first, second):
            yield Problem(
                key=second.key,
                value=str(second.claim),
                reason=f"claims a host that {first.key} already claims ({first.claim}): requests could reach either.",
                remedy="Keep the host at one gateway and in one namespace.",
            )


@rule("mesh")
def host_overlap(context: Context) -> Iterable[Problem]:
    """Check that no namespace claims a host that a wildcard gives to another namespace.

    A bare ``*`` names no host. It overlaps nothing at another gateway, and every host at the same gateway.
    """
    for first, second in combinations(_places(context), 2):
        same_gateway = first.gateway == second.gateway
        if first.claim.namespace == second.claim.namespace or first.claim.host == second.claim.host:
            continue
        if not same_gateway and ANY in (first.claim.host, second.claim.host):
            continue
        if first.claim.covers(second.claim) or second.claim.covers(first.claim):
            yield Problem(
                key=second.key,
                value=str(second.claim),
                reason=f"overlaps {first.key} ({first.claim}), which belongs to another namespace: either namespace "
                "could receive the other's requests.",
                remedy="Give each namespace its own hosts.",
            )


def _places(context: Context) -> Iterator[_Place]:
    for name, gateway in context.settings.gateways.items():
        for index, claim in enumerate(gateway.claims):
            yield _Place(gateway=name, index=index, claim=claim)


def _is_repetition(first: _Place, second: _Place) -> bool:
    """Check whether one gateway lists a claim twice, which ``rules.hosts`` reports."""
    return (first.gateway, first.claim) == (second.gateway, second.claim)
