"""Rules between gateways: who claims which host. What one gateway breaks alone is in ``gateway_rules``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from ..settings import regions
from ..settings import validation as shape
from ..settings.problems import Problem
from ..settings.registry import Context, rule

ANY = "*"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One host of one gateway: ``namespace/pattern``."""

    gateway: str
    index: int
    namespace: str
    pattern: str

    @property
    def key(self) -> str:
        """Where it stands."""
        return shape.path(("gateways", self.gateway, "hosts", self.index))

    @property
    def text(self) -> str:
        """As the settings write it."""
        return f"{self.namespace}/{self.pattern}"


@rule
def host_claimed_twice(context: Context) -> Iterable[Problem]:
    """A host has one owner: one gateway and one namespace."""
    for first, second in combinations(_claims(context), 2):
        if first.pattern == second.pattern and not _listed_twice(first, second):
            yield Problem(
                key=second.key,
                value=second.text,
                reason=f"claims a host that {first.key} claims ({first.text}): it would lead to either.",
                remedy="Keep it with one gateway and one namespace.",
            )


@rule
def host_overlap(context: Context) -> Iterable[Problem]:
    """No namespace claims what a wildcard gives to another.

    A bare ``*`` names nothing: beside another gateway it is no claim, at the same gateway it is one to everything.
    """
    for first, second in combinations(_claims(context), 2):
        same_gateway = first.gateway == second.gateway
        if first.namespace == second.namespace or first.pattern == second.pattern:
            continue
        if not same_gateway and ANY in (first.pattern, second.pattern):
            continue
        if _covers(first.pattern, second.pattern) or _covers(second.pattern, first.pattern):
            yield Problem(
                key=second.key,
                value=second.text,
                reason=f"overlaps {first.key} ({first.text}) of another namespace: either could take the other's "
                "requests.",
                remedy="Give each namespace hosts of its own.",
            )


@rule
def certificate_region(context: Context) -> Iterable[Problem]:
    """An NLB reads certificates of its own region."""
    if not regions.is_supported(context.region):
        return
    for name, gateway in context.settings.gateways.items():
        arn = gateway.tls.certificate_arn
        if arn and arn.split(":")[3] != context.region:
            yield Problem(
                key=f"{shape.path(('gateways', name))}.tls.certificateArn",
                value=arn,
                reason=f"is in another region than the NLB: aws:region is {context.region}.",
                remedy=f"Write the ARN of a certificate in {context.region}.",
            )


def _claims(context: Context) -> Iterator[Claim]:
    for name, gateway in context.settings.gateways.items():
        for index, host in enumerate(gateway.hosts):
            namespace, _, pattern = host.partition("/")
            yield Claim(gateway=name, index=index, namespace=namespace, pattern=pattern)


def _listed_twice(first: Claim, second: Claim) -> bool:
    """A plain repetition, which ``gateway_rules`` tells."""
    return (first.gateway, first.text) == (second.gateway, second.text)


def _covers(wildcard: str, host: str) -> bool:
    return wildcard == ANY or (wildcard.startswith("*.") and host.removeprefix("*").endswith(wildcard[1:]))
