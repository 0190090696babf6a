"""What the security groups of the account let through, at the balancer's end and at the pods'."""

import ipaddress
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One entry of a group: ports, and the addresses or the groups at the other end. Protocol -1 is all of them."""

    protocol: str
    first: int
    last: int
    ranges: tuple[str, ...]
    groups: frozenset[str]

    def covers(self, port: int) -> bool:
        """Check whether the rule covers this TCP port."""
        return self.protocol == "-1" or (self.protocol == "tcp" and self.first <= port <= self.last)

    def names(self, address: str) -> bool:
        """Check whether an address is in the rule's ranges."""
        return any(ipaddress.ip_address(address) in ipaddress.ip_network(each) for each in self.ranges)

    def meets(self, groups: Collection[str]) -> bool:
        """Check whether the rule names one of the groups, or every address."""
        return EVERYWHERE in self.ranges or not self.groups.isdisjoint(groups)


@dataclass(frozen=True, kw_only=True)
class SecurityGroups:
    """All groups by id. cluster: those of clusters, which nodes and pods are in.

    A balancer without groups takes and sends everything. Pods here have other addresses than in AWS: of the ranges
    between balancer and pods only "everywhere" counts.
    """

    inbound: Mapping[str, Sequence[Permission]]
    outbound: Mapping[str, Sequence[Permission]]
    cluster: frozenset[str]

    def admits(self, groups: Collection[str], address: str, port: int) -> bool:
        """Check whether a balancer in ``groups`` accepts a connection from an address."""
        return not groups or any(each.covers(port) and each.names(address) for each in _all(self.inbound, groups))

    def reaches(self, groups: Collection[str], port: int) -> bool:
        """Check whether the balancer may connect to the pods, by its own groups and by theirs."""
        return not groups or (
            any(each.covers(port) and each.meets(self.cluster) for each in _all(self.outbound, groups))
            and any(each.covers(port) and each.meets(groups) for each in _all(self.inbound, self.cluster))
        )


def _all(permissions: Mapping[str, Sequence[Permission]], groups: Iterable[str]) -> Iterable[Permission]:
    return (each for group in groups for each in permissions.get(group, ()))
