"""One stack on the real engine, with a cluster that only keeps what it is given."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from components.settings import clock
from local.providers.kubernetes.kept_cluster import Cluster
from local.providers.kubernetes.provider import Kubernetes
from local.world import world as worlds
from local.world.world import World
from tests.support import needs, real_time, stack_files
from tests.support.days import TODAY

# The engine's own, and what the program only reads.
NOT_OURS = ("pulumi:providers:", "pulumi:pulumi:StackReference")


@contextmanager
def world(stack: str, *, today: datetime.date = TODAY) -> Iterator[World]:
    """A stack that nobody has brought up yet; everything ends with the block."""
    needs.tool("pulumi")
    cluster = Kubernetes(cluster=Cluster(lambda: clock.midnight(today)))
    # moto refuses a certificate that has ended, and goes by the machine's clock.
    with worlds.account(real_time.now()) as account, worlds.world(stack, account, cluster, today=today) as made:
        made.session.file.write_text(stack_files.dated(made.session.file.read_text()))
        yield made
