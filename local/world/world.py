"""One stack on the real engine, with an empty AWS account and an empty cluster behind it."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from components.settings import clock
from components.stack import placeholders
from local.engine import engine
from local.engine.session import Session
from local.providers.aws import cloud
from local.providers.aws.provider import Aws
from local.providers.eks.provider import Eks
from local.providers.kubernetes.provider import Kubernetes
from local.providers.protocol.base import Deed, StandIn
from local.providers.tls.provider import Tls

CERTIFICATE = f"arn:aws:acm:{cloud.REGION}:{cloud.ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000"
# What the owner of an account writes in the place of the placeholders. Browsers find every host below localhost on
# the computer they run on.
OWNED = {placeholders.ACCOUNT: cloud.ACCOUNT, "example.com": "localhost", "203.0.113.0/24": "8.8.8.0/24"}


@dataclass
class World:
    """The stack's session, and everything that stands behind it.

    deeds: what the providers really did, over all of them, oldest first.
    """

    session: Session
    account: cloud.Cloud
    cluster: Kubernetes
    stand_ins: list[StandIn]
    deeds: list[Deed]

    def since(self, mark: int) -> list[Deed]:
        """Return the deeds after the first ``mark``."""
        return self.deeds[mark:]

    def fail_once(self, type_: str) -> None:
        """Make the next creation of a resource of this type fail."""
        stand_in = next(each for each in self.stand_ins if type_.startswith(f"{each.package}:"))
        stand_in.faults.once(type_, "create")


@contextmanager
def account(now: datetime.datetime) -> Iterator[cloud.Cloud]:
    """Provide the AWS account that this repository's stack files fit, with a certificate that begins now."""
    with cloud.running() as opened:
        opened.issue(CERTIFICATE, now)
        yield opened


@contextmanager
def world(
    stack: str,
    account: cloud.Cloud,
    cluster: Kubernetes,
    *,
    today: datetime.date,
    now: Callable[[], datetime.datetime] | None = None,
) -> Iterator[World]:
    """Open a new stack, not yet brought up, in this account and with this cluster; it ends with the block.

    now: when certificates begin; by default on the day that the program takes for today, which a test may move.
    Components that use the machine's clock refuse certificates of another day.
    """
    deeds = cluster.deeds
    tls = Tls(clock=now or (lambda: clock.midnight(session.today)), deeds=deeds)
    stand_ins: list[StandIn] = [Aws(account.session, deeds=deeds), Eks(deeds=deeds), tls, cluster]
    with engine.session(stack, stand_ins, today=today, owned=OWNED) as session:
        yield World(session=session, account=account, cluster=cluster, stand_ins=stand_ins, deeds=deeds)
