"""Requests of the stack's pods, read from the values that they are installed with.

The functions raise NotANumberError for a value of the settings that should be a number or a quantity and is not;
``not_numbers`` lists these values.
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
from ..kubernetes.quantities import NotANumberError, count, mebibytes, millicores
from ..settings import Settings
from .nodes import Room

# Requests of AWS' add-ons, as AWS ships them (vpc-cni: aws-node and its network policy agent; the identity agent has
# none). The EBS driver has six containers in its controller and three on a node.
_VPC_CNI, _KUBE_PROXY, _IDENTITY_AGENT = (
    Room(pods=1, cpu=50, memory=0),
    Room(pods=1, cpu=100, memory=0),
    Room(pods=1, cpu=0, memory=0),
)
_METRICS_SERVER = Room(pods=1, cpu=100, memory=200)
_EBS_CONTROLLER, _EBS_NODE = Room(pods=1, cpu=60, memory=240), Room(pods=1, cpu=30, memory=120)
# Kubernetes' default maxSurge of a Deployment.
DEFAULT_SURGE = "25%"


@dataclass(frozen=True, kw_only=True)
class Pods:
    """Pods with the same requests."""

    name: str
    """Name of the workload."""
    each: Room
    """Requests of one pod."""
    rest: int
    """Number of pods in the steady state."""
    upgrade: int
    """Number of pods during a rolling upgrade."""
    peak: int
    """Number of pods when the autoscaler is at its maximum."""


def system(settings: Settings, region: str) -> tuple[Pods, ...]:
    """Return the pods of the system nodes, without daemons."""
    found = [read() for read in _readers(settings, region)]
    istiods = len(charts.istiods(settings.mesh, settings.images))
    if settings.mesh.canary_version is None:
        # An upgrade starts with a second istiod: count it now, so that a lack of capacity is reported in time.
        again = found[0]
        canary = Pods(name="istiod (canary, when upgrading)", each=again.each, rest=0, upgrade=again.rest, peak=0)
        found.insert(istiods, canary)
    driver = [_fixed("ebs-csi-controller", _EBS_CONTROLLER, 2)] if addons.EBS_DRIVER in settings.cluster.addons else []
    return (*found, _fixed("metrics-server", _METRICS_SERVER, 2), *driver)


def _readers(settings: Settings, region: str) -> list[Callable[[], Pods]]:
    """Return readers for the workloads of the system nodes that the settings may change; istiod first."""
    return [
        *(partial(_istiod, release) for release in charts.istiods(settings.mesh, settings.images)),
        *(partial(_gateway, release) for release in gateway_chart.releases(settings.gateways, settings.mesh).values()),
        partial(coredns, settings, region),
        partial(controller, settings),
    ]


def not_numbers(settings: Settings, region: str) -> Iterator[NotANumberError]:
    """Yield the first value of each chart and add-on that is not a number, each value once."""
    reported = set()
    others: list[Callable[[], object]] = [partial(sidecar, settings), partial(daemons, settings)]
    for read in (*_readers(settings, region), *others):
        try:
            read()
        except NotANumberError as error:
            if error.path not in reported:
                yield error
            reported.add(error.path)


def apps(settings: Settings) -> tuple[Pods, ...]:
    """Return the pods that this stack installs on the apps nodes: those of Bookinfo, each with its sidecar."""
    if not settings.bookinfo.enabled:
        return ()
    proxy = sidecar(settings)
    return tuple(
        _fixed(f"{service}-{version}", _beside(bookinfo.WORKLOADS[service], proxy), 1)
        for service, versions in routing.VERSIONS.items()
        for version in versions
    )


def daemons(settings: Settings) -> dict[str, Room]:
    """Return the requests of the daemons on every node, by name."""
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
    # Defaults are the chart's.
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
    """Return the pods of CoreDNS.

    Raises:
        NotANumberError: a value of the settings is not a number.
    """
    [values] = (each.located for each in addons.after_nodes(settings.cluster, region) if each.name == "coredns")
    scale = values.inside("autoScaling")
    least = scale.count("minReplicas", values.count("replicaCount", 2))
    most = scale.count("maxReplicas", least)
    return _scaled("coredns", _room(values), least, most, partial(_more, surge=DEFAULT_SURGE))


def controller(settings: Settings) -> Pods:
    """Return the pods of the load balancer controller.

    Raises:
        NotANumberError: a value of the settings is not a number.
    """
    release = controller_chart.load_balancer_controller("", "", "", settings.cluster.load_balancer_controller)
    replicas = release.located.count("replicaCount", 2)
    return _scaled(release.name, _room(release.located), replicas, replicas, partial(_more, surge=DEFAULT_SURGE))


def prefixes(settings: Settings) -> bool:
    """Check whether prefix delegation is on in the VPC CNI, where it is off by default."""
    [values] = (each.located for each in addons.before_nodes(settings.cluster) if each.name == "vpc-cni")
    return str(values.inside("env").get("ENABLE_PREFIX_DELEGATION")).lower() in ("true", "1", "t")


def _scaled(name: str, each: Room, least: int, most: int, more: Callable[[int], int]) -> Pods:
    return Pods(name=name, each=each, rest=least, upgrade=least + more(least), peak=most + more(most))


def _fixed(name: str, each: Room, number: int) -> Pods:
    return Pods(name=name, each=each, rest=number, upgrade=number + 1, peak=number + 1)


def _surge(values: Located, key: str, absent: str) -> Callable[[int], int]:
    """Return a function that computes the pods a surge adds to a number of replicas.

    Raises:
        NotANumberError: the surge is neither a number nor a percentage.
    """
    values.read(key, lambda surge: _more(1, surge))
    return partial(_more, surge=values.get(key, absent))


def _more(replicas: int, surge: object) -> int:
    """Compute a surge; Kubernetes rounds a percentage up."""
    text = str(surge)
    return math.ceil(replicas * count(text[:-1], 0) / 100) if text.endswith("%") else count(surge, 0)


def sidecar(settings: Settings) -> Room:
    """Return the requests of the proxy in every pod of the mesh.

    Raises:
        NotANumberError: a value of the settings is not a quantity.
    """
    release = charts.istiods(settings.mesh, settings.images)[0]
    return _room(release.located.inside("global", "proxy"))


def _beside(workload: bookinfo.Workload, proxy: Room) -> Room:
    return Room(pods=1, cpu=millicores(workload.cpu) + proxy.cpu, memory=mebibytes(workload.memory) + proxy.memory)


def _room(values: Located) -> Room:
    requests = values.inside("resources", "requests")
    return Room(pods=1, cpu=requests.cpu("cpu"), memory=requests.memory("memory"))
