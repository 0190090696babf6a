"""Contents of cacerts that the program does not write."""

import datetime

from components import trust
from components.settings import clock
from tests.support.unit.certificate_settings import certificates
from tests.support.unit.tls_provider import Cluster

Bundle = dict[str, str]


def another(root: int = 1, intermediate: int = 1) -> Bundle:
    """Of an authority that nobody knows, with generations of these numbers, made by the component itself."""
    cluster = Cluster(now=clock.now() - datetime.timedelta(minutes=5))
    day = str(cluster.now.date())
    wanted = certificates([(root, day)], root, [(intermediate, day)], intermediate)
    cluster.up(trust.plan(wanted, "cluster.local"))
    return dict(cluster.cacerts)


def cut(bundle: Bundle, key: str) -> Bundle:
    """One text ends in its middle."""
    return {**bundle, key: bundle[key][: len(bundle[key]) // 2]}
