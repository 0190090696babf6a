"""What the pods of a stack ask of its nodes, read from the values they are installed with.

Raises NotANumber where the settings' own values hold a number or a quantity that is none.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from design import addons, bookinfo, charts, gateways, routing
from design.node_capacity import Room
from design.quantities import count, mebibytes, millicores
from design.settings import Settings

# Requests of what AWS builds, as its add-ons ship them (vpc-cni: aws-node and its network policy agent; the identity
# agent asks for nothing). The EBS driver: one container of six in its controller, three on a node.
_VPC_CNI, _KUBE_PROXY, _IDENTITY_AGENT = (
    Room(pods=1, cpu=50, memory=0),
    Room(pods=1, cpu=100, memory=0),
    Room(pods=1, cpu=0, memory=0),
)
_METRICS_SERVER = Room(pods=1, cpu=100, memory=200)
_EBS_CONTROLLER, _EBS_NODE = Room(pods=1, cpu=60, memory=240), Room(pods=1, cpu=30, memory=120)
EBS_DRIVER = "aws-ebs-csi-driver"
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
    mesh, images = settings.mesh, settings.images
    istiods = [_istiod(release) for release in charts.istiods(mesh, images)]
    if mesh.canary_version is None:
        # An upgrade starts with a second istiod: room that is missing then is missed now.
        again = istiods[0]
        istiods.append(
            Pods(name="istiod (canary, when upgrading)", each=again.each, rest=0, upgrade=again.rest, peak=0)
        )
    return (
        *istiods,
        *(_gateway(settings, name) for name in settings.gateways),
        _coredns(settings, region),
        _fixed("metrics-server", _METRICS_SERVER, 2),
        _controller(settings),
        *([_fixed("ebs-csi-controller", _EBS_CONTROLLER, 2)] if EBS_DRIVER in settings.cluster.addons else []),
    )


def apps(settings: Settings) -> tuple[Pods, ...]:
    """Pods of the apps nodes that this program installs: Bookinfo, each with its sidecar."""
    if not settings.bookinfo.enabled:
        return ()
    proxy = _sidecar(settings)
    return tuple(
        _fixed(f"{service}-{version}", _beside(bookinfo.WORKLOADS[service], proxy), 1)
        for service, versions in routing.VERSIONS.items()
        for version in versions
    )


def daemons(settings: Settings) -> dict[str, Room]:
    """What runs on every node."""
    cni = charts.cni(settings.mesh, settings.images).values
    driver = {"ebs-csi-node": _EBS_NODE} if EBS_DRIVER in settings.cluster.addons else {}
    return {
        "vpc-cni": _VPC_CNI,
        "kube-proxy": _KUBE_PROXY,
        "eks-pod-identity-agent": _IDENTITY_AGENT,
        "istio-cni": _room(cni.get("resources")),
        **driver,
    }


def _istiod(release: charts.Release) -> Pods:
    values = release.values
    # What the chart does when nothing is said.
    least, most = count(values.get("autoscaleMin"), 1), count(values.get("autoscaleMax"), 5)
    if not values.get("autoscaleEnabled", True):
        least = most = count(values.get("replicaCount"), 1)
    return _scaled(release.name, _room(values.get("resources")), least, most, values.get("rollingMaxSurge", "100%"))


def _gateway(settings: Settings, name: str) -> Pods:
    gateway = settings.gateways[name]
    plan = gateways.plan(name, gateway, settings.mesh.size)
    values = charts.gateway(plan, settings.mesh, gateway.values).values
    scale = _map(values.get("autoscaling"))
    least, most = count(scale.get("minReplicas"), 1), count(scale.get("maxReplicas"), 5)
    if not scale.get("enabled", True):
        least = most = count(values.get("replicaCount"), 1)
    surge = _map(_map(values.get("strategy")).get("rollingUpdate")).get("maxSurge", DEFAULT_SURGE)
    return _scaled(plan.workload, _room(values.get("resources")), least, most, surge)


def _coredns(settings: Settings, region: str) -> Pods:
    plans = {plan.name: plan for plan in addons.after_nodes(settings.cluster, region)}
    configuration = json.loads(plans["coredns"].configuration or "{}")
    scale = _map(configuration.get("autoScaling"))
    least = count(scale.get("minReplicas", configuration.get("replicaCount")), 2)
    return _scaled(
        "coredns", _room(configuration.get("resources")), least, count(scale.get("maxReplicas"), least), DEFAULT_SURGE
    )


def _controller(settings: Settings) -> Pods:
    release = charts.load_balancer_controller("", "", "", settings.cluster.load_balancer_controller)
    replicas = count(release.values.get("replicaCount"), 2)
    return _scaled(release.name, _room(release.values.get("resources")), replicas, replicas, DEFAULT_SURGE)


def _scaled(name: str, each: Room, least: int, most: int, surge: Any) -> Pods:
    return Pods(name=name, each=each, rest=least, upgrade=least + _more(least, surge), peak=most + _more(most, surge))


def _fixed(name: str, each: Room, number: int) -> Pods:
    return Pods(name=name, each=each, rest=number, upgrade=number + 1, peak=number + 1)


def _more(replicas: int, surge: Any) -> int:
    """Kubernetes rounds a surge in percent up."""
    text = str(surge)
    return math.ceil(replicas * count(text[:-1], 0) / 100) if text.endswith("%") else count(surge, 0)


def _sidecar(settings: Settings) -> Room:
    values = charts.istiods(settings.mesh, settings.images)[0].values
    return _room(_map(_map(values.get("global")).get("proxy")).get("resources"))


def _beside(workload: bookinfo.Workload, proxy: Room) -> Room:
    return Room(pods=1, cpu=millicores(workload.cpu) + proxy.cpu, memory=mebibytes(workload.memory) + proxy.memory)


def _room(resources: Any) -> Room:
    requests = _map(_map(resources).get("requests"))
    return Room(pods=1, cpu=millicores(requests.get("cpu") or 0), memory=mebibytes(requests.get("memory") or 0))


def _map(value: Any) -> Mapping[str, Any]:
    """Escape hatches may put anything anywhere; whether it makes sense there is for the chart to say."""
    return value if isinstance(value, Mapping) else {}
