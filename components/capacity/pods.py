"""What the pods of a stack ask of its nodes, read from the values they are installed with.

Raises NotANumber where the settings' own values hold a number or a quantity that is none; ``not_numbers`` lists them.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ..bookinfo import plan as bookinfo
from ..bookinfo import routing
from ..charts.located import Located
from ..charts.plan import Release
from ..cluster import addons, controller_chart
from ..gateways import chart as gateway_chart
from ..istio import charts
from ..kubernetes.quantities import NotANumber, count, mebibytes, millicores
from ..settings import Settings
from .nodes import Room

# Requests of what AWS builds, as its add-ons ship them (vpc-cni: aws-node and its network policy agent; the identity
# agent asks for nothing). The EBS driver: one container of six in its controller, three on a node.
_VPC_CNI, _KUBE_PROXY, _IDENTITY_AGENT = (
    Room(pods=1, cpu=50, memory=0),
    Room(pods=1, cpu=100, memory=0),
    Room(pods=1, cpu=0, memory=0),
)
_METRICS_SERVER = Room(pods=1, cpu=100, memory=200)
_EBS_CONTROLLER, _EBS_NODE = Room(pods=1, cpu=60, memory=240), Room(pods=1, cpu=30, memory=120)
# What Kubernetes adds while it replaces the pods of a Deployment that says nothing.
DEFAULT_SURGE = "25%"


@dataclass(frozen=True, kw_only=True)
class Pods:
    """Equal pods.

    each: one of them.
    rest: how many there are when nothing happens. upgrade: with those that a rolling upgrade adds for its time.
    peak: when the autoscaler is at its end.
    """

    name: str
    each: Room
    rest: int
    upgrade: int
    peak: int


def system(settings: Settings, region: str) -> tuple[Pods, ...]:
    """Pods of the system nodes, daemons aside."""
    found = [read() for read in _readers(settings, region)]
    istiods = len(charts.istiods(settings.mesh, settings.images))
    if settings.mesh.canary_version is None:
        # An upgrade starts with a second istiod: room that is missing then is missed now.
        again = found[0]
        canary = Pods(name="istiod (canary, when upgrading)", each=again.each, rest=0, upgrade=again.rest, peak=0)
        found.insert(istiods, canary)
    driver = [_fixed("ebs-csi-controller", _EBS_CONTROLLER, 2)] if addons.EBS_DRIVER in settings.cluster.addons else []
    return (*found, _fixed("metrics-server", _METRICS_SERVER, 2), *driver)


def _readers(settings: Settings, region: str) -> list[Callable[[], Pods]]:
    """Everything on the system nodes whose numbers the settings may change; istiod first."""
    return [
        *(partial(_istiod, release) for release in charts.istiods(settings.mesh, settings.images)),
        *(partial(_gateway, release) for release in gateway_chart.releases(settings.gateways, settings.mesh).values()),
        partial(coredns, settings, region),
        partial(controller, settings),
    ]


def not_numbers(settings: Settings, region: str) -> Iterator[NotANumber]:
    """The first of each chart and add-on that is no number, each value once."""
    told = set()
    others: list[Callable[[], object]] = [partial(sidecar, settings), partial(daemons, settings)]
    for read in (*_readers(settings, region), *others):
        try:
            read()
        except NotANumber as error:
            if error.path not in told:
                yield error
            told.add(error.path)


def apps(settings: Settings) -> tuple[Pods, ...]:
    """Pods of the apps nodes that this program installs: Bookinfo, each with its sidecar."""
    if not settings.bookinfo.enabled:
        return ()
    proxy = sidecar(settings)
    return tuple(
        _fixed(f"{service}-{version}", _beside(bookinfo.WORKLOADS[service], proxy), 1)
        for service, versions in routing.VERSIONS.items()
        for version in versions
    )


def daemons(settings: Settings) -> dict[str, Room]:
    """What runs on every node."""
    cni = charts.cni(settings.mesh, settings.images).located
    driver = {"ebs-csi-node": _EBS_NODE} if addons.EBS_DRIVER in settings.cluster.addons else {}
    return {
        "vpc-cni": _VPC_CNI,
        "kube-proxy": _KUBE_PROXY,
        "eks-pod-identity-agent": _IDENTITY_AGENT,
        "istio-cni": _room(cni),
        **driver,
    }


def _istiod(release: Release) -> Pods:
    values = release.located
    # What the chart does when nothing is said.
    if values.get("autoscaleEnabled", True):
        least, most = values.count("autoscaleMin", 1), values.count("autoscaleMax", 5)
    else:
        least = most = values.count("replicaCount", 1)
    return _scaled(release.name, _room(values), least, most, _surge(values, "rollingMaxSurge", "100%"))


def _gateway(release: Release) -> Pods:
    values = release.located
    scale = values.inside("autoscaling")
    if scale.get("enabled", True):
        least, most = scale.count("minReplicas", 1), scale.count("maxReplicas", 5)
    else:
        least = most = values.count("replicaCount", 1)
    surge = _surge(values.inside("strategy", "rollingUpdate"), "maxSurge", DEFAULT_SURGE)
    return _scaled(release.name, _room(values), least, most, surge)


def coredns(settings: Settings, region: str) -> Pods:
    """Of the cluster's names. Raises NotANumber."""
    [values] = (each.located for each in addons.after_nodes(settings.cluster, region) if each.name == "coredns")
    scale = values.inside("autoScaling")
    least = scale.count("minReplicas", values.count("replicaCount", 2))
    most = scale.count("maxReplicas", least)
    return _scaled("coredns", _room(values), least, most, partial(_more, surge=DEFAULT_SURGE))


def controller(settings: Settings) -> Pods:
    """Of the load balancer controller. Raises NotANumber."""
    release = controller_chart.load_balancer_controller("", "", "", settings.cluster.load_balancer_controller)
    replicas = release.located.count("replicaCount", 2)
    return _scaled(release.name, _room(release.located), replicas, replicas, partial(_more, surge=DEFAULT_SURGE))


def prefixes(settings: Settings) -> bool:
    """Whether the VPC CNI gives nodes whole prefixes; it does so only when told."""
    [values] = (each.located for each in addons.before_nodes(settings.cluster) if each.name == "vpc-cni")
    return str(values.inside("env").get("ENABLE_PREFIX_DELEGATION")).lower() in ("true", "1", "t")


def _scaled(name: str, each: Room, least: int, most: int, more: Callable[[int], int]) -> Pods:
    return Pods(name=name, each=each, rest=least, upgrade=least + more(least), peak=most + more(most))


def _fixed(name: str, each: Room, number: int) -> Pods:
    return Pods(name=name, each=each, rest=number, upgrade=number + 1, peak=number + 1)


def _surge(values: Located, key: str, absent: str) -> Callable[[int], int]:
    """How many pods a surge adds to so many. Raises NotANumber."""
    values.read(key, lambda surge: _more(1, surge))
    return partial(_more, surge=values.get(key, absent))


def _more(replicas: int, surge: object) -> int:
    """Kubernetes rounds a surge in percent up."""
    text = str(surge)
    return math.ceil(replicas * count(text[:-1], 0) / 100) if text.endswith("%") else count(surge, 0)


def sidecar(settings: Settings) -> Room:
    """Of the proxy in every pod of the mesh. Raises NotANumber."""
    release = charts.istiods(settings.mesh, settings.images)[0]
    return _room(release.located.inside("global", "proxy"))


def _beside(workload: bookinfo.Workload, proxy: Room) -> Room:
    return Room(pods=1, cpu=millicores(workload.cpu) + proxy.cpu, memory=mebibytes(workload.memory) + proxy.memory)


def _room(values: Located) -> Room:
    requests = values.inside("resources", "requests")
    return Room(pods=1, cpu=requests.cpu("cpu"), memory=requests.memory("memory"))
