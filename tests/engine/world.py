"""One stack on the real engine, with an empty AWS account and an empty cluster behind it."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from design import placeholders
from local import cloud, engine
from local.providers.aws import Aws
from local.providers.base import Deed, StandIn
from local.providers.eks import Eks
from local.providers.kubernetes import Kubernetes
from local.providers.tls import Tls
from tests import needs
from tests.unit import harness
from tests.unit.harness import TODAY

CERTIFICATE = f"arn:aws:acm:{cloud.REGION}:{cloud.ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000"
# What the owner of an account writes in the place of the placeholders.
OWNED = {**harness.OWNED, placeholders.ACCOUNT: cloud.ACCOUNT}
# The engine's own, and what the program only reads.
NOT_OURS = ("pulumi:providers:", "pulumi:pulumi:StackReference")


@dataclass
class World:
    """The stack's session, and everything that stands behind it.

    deeds: what the providers really did, over all of them, oldest first.
    """

    session: engine.Session
    account: cloud.Cloud
    cluster: Kubernetes
    stand_ins: list[StandIn]
    deeds: list[Deed] = field(default_factory=list)

    def since(self, mark: int) -> list[Deed]:
        """Deeds after the first ``mark``."""
        return self.deeds[mark:]

    def fail_once(self, type_: str) -> None:
        """The next creation of a resource of this type fails."""
        stand_in = next(each for each in self.stand_ins if type_.startswith(f"{each.package}:"))
        stand_in.faults.once(type_, "create")


@contextmanager
def world(stack: str, *, today: datetime.date = TODAY) -> Iterator[World]:
    """A stack that nobody has brought up yet; everything ends with the block."""
    needs.tool("pulumi")
    with cloud.running(certificates=[CERTIFICATE]) as account:
        deeds: list[Deed] = []
        cluster = Kubernetes(deeds=deeds)
        stand_ins: list[StandIn] = [Aws(account.session, deeds=deeds), Eks(deeds=deeds), Tls(deeds=deeds), cluster]
        with engine.session(stack, stand_ins, today=today, owned=OWNED) as session:
            yield World(session=session, account=account, cluster=cluster, stand_ins=stand_ins, deeds=deeds)
