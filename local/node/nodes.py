"""Nodes of EKS's node groups as objects: they join when a group comes to be, and leave with it.

All stand for the one network that pods here live in, so they have its address. What they can hold is what EKS would
tell the scheduler of the instance type; the computer below has its own idea. No kubelet renews a lease, and no
controller here looks for one.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from components.cluster.nodes import Taint
from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError, ApiUnreachableError
from local.control_plane.network import ADDRESS
from local.node.node_objects import NodePlan, labels, status, taints
from local.providers.aws.session import Session

Group = Mapping[str, Any]

POLL_SECONDS = 1.0
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}


def register(api: Api, plan: NodePlan, *, address: str = ADDRESS) -> None:
    """Register a Node, ready for pods. Raises ApiRefusedError."""
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": plan.name}}
    spec = {"providerID": f"aws:///{plan.zone}/{plan.name}", "taints": taints(plan)}
    api.create(node | {"metadata": {"name": plan.name, "labels": labels(plan)}, "spec": spec})
    api.patch_status(node | {"status": status(plan, address)})
    # The API server itself taints what is new as not ready; a controller takes that off when a kubelet reports.
    api.patch(node | {"spec": {"taints": taints(plan)}})


def leave(api: Api, name: str) -> None:
    """Terminate a Node: evict its pods as when EKS drains it; no disruption budget delays it."""
    # Or what takes their place would come here again.
    api.patch({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {"unschedulable": True}})
    for pod in api.list("v1", "Pod", fields=f"spec.nodeName={name}"):
        api.delete("v1", "Pod", pod["metadata"]["name"], pod["metadata"]["namespace"])
    api.delete("v1", "Node", name)


def from_groups(session: Session) -> dict[str, NodePlan]:
    """Return the Nodes of the account's node groups, by name: the desired number, over the zones of their subnets."""
    with session.lock:
        described = [
            session.eks.describe_nodegroup(clusterName=cluster, nodegroupName=group)["nodegroup"]
            for cluster in session.eks.list_clusters()["clusters"]
            for group in session.eks.list_nodegroups(clusterName=cluster)["nodegroups"]
        ]
        plans = [
            plan for group in described for plan in _group(group, _zones(session, group), _prefixes(session, group))
        ]
    return {plan.name: plan for plan in plans}


@contextmanager
def joining(api: Api, session: Session) -> Iterator[None]:
    """Let Nodes follow the account's node groups, polled each second, while the block runs.

    A Node stays as it joined: labels and taints that a group changes later reach only those that join after.
    """
    stopped = threading.Event()
    thread = threading.Thread(target=_follow, args=(api, session, stopped), name="nodes", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _follow(api: Api, session: Session, stopped: threading.Event) -> None:
    joined: set[str] = set()
    while not stopped.is_set():
        wanted = from_groups(session)
        for name in wanted.keys() ^ joined:
            try:
                _move(api, name, wanted.get(name), joined)
            except (ApiRefusedError, ApiUnreachableError):
                # An API server that is away: the next second will do.
                break
        stopped.wait(POLL_SECONDS)


def _move(api: Api, name: str, plan: NodePlan | None, joined: set[str]) -> None:
    if plan is None:
        leave(api, name)
        joined.discard(name)
        return
    # Half registered when the API server went away.
    api.delete("v1", "Node", name)
    register(api, plan)
    joined.add(name)


def _group(group: Group, zones: Sequence[str], prefixes: bool) -> Iterator[NodePlan]:
    # EC2 starts the first type while there is capacity.
    instance_type = group["instanceTypes"][0]
    named = {
        **group.get("labels", {}),
        "eks.amazonaws.com/nodegroup": group["nodegroupName"],
        "eks.amazonaws.com/capacityType": group.get("capacityType", "ON_DEMAND"),
    }
    keeping_away = [
        Taint(key=each["key"], value=each.get("value", ""), effect=_EFFECTS[each["effect"]])
        for each in group.get("taints", ())
    ]
    for index in range(group["scalingConfig"]["desiredSize"]):
        zone = zones[index % len(zones)]
        yield NodePlan(
            name=f"{group['nodegroupName']}-{index + 1}",
            labels=named,
            taints=tuple(keeping_away),
            instance_type=instance_type,
            zone=zone,
            region=zone[:-1],
            prefixes=prefixes,
        )


def _zones(session: Session, group: Group) -> list[str]:
    found = session.ec2.describe_subnets(SubnetIds=group["subnets"])["Subnets"]
    return sorted({subnet["AvailabilityZone"] for subnet in found})


def _prefixes(session: Session, group: Group) -> bool:
    """Return whether the network add-on is configured for prefix delegation."""
    addon = session.kept.addons.get((group["clusterName"], "vpc-cni"), {})
    env = json.loads(addon.get("configurationValues") or "{}").get("env", {})
    return bool(env.get("ENABLE_PREFIX_DELEGATION") == "true")
