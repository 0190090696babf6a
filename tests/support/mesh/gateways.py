"""The public gateway of a stack that runs: its pods, its part of the AWS account, and what its proxies are told."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from components.settings import names
from local.control_plane.api_connection import Manifest
from local.node.interception import PROXY
from local.world import proxies
from local.world.callers import ready
from local.world.mesh import Mesh
from tests.support.mesh.meshes import eventually

NAME = "public"
WORKLOAD = names.gateway_workload(NAME)
MANAGER = "envoy.filters.network.http_connection_manager"


def address(mesh: Mesh) -> str:
    """Of its NLB: the only one of the account. The stack's outputs would take a second each time."""
    session = mesh.world.account.session
    with session.lock:
        (balancer,) = session.elb.describe_load_balancers()["LoadBalancers"]
    return mesh.entrance.address(balancer["DNSName"])


def pods(mesh: Mesh) -> list[Manifest]:
    """Those that are to stay, by name."""
    found = mesh.control_plane.api.list("v1", "Pod", WORKLOAD)
    return sorted((pod for pod in found if not leaves(pod)), key=lambda pod: str(pod["metadata"]["name"]))


def leaves(pod: Manifest) -> bool:
    """Whether it is asked to end."""
    return "deletionTimestamp" in pod["metadata"]


def admin(mesh: Mesh, pod: Manifest, path: str, method: str = "GET") -> str:
    """What the admin interface of a pod's proxy answers."""
    return proxies.ask(mesh, WORKLOAD, pod["metadata"]["name"], path, method)


def listeners(mesh: Mesh, pod: Manifest) -> dict[int, Manifest]:
    """What a pod's proxy listens with for visitors, by port."""
    configs = json.loads(admin(mesh, pod, "config_dump"))["configs"]
    dynamic = [each for config in configs for each in config.get("dynamic_listeners", ())]
    # One that is gone still finishes what is open.
    found = [each["active_state"]["listener"] for each in dynamic if "active_state" in each]
    return {each["address"]["socket_address"]["port_value"]: each for each in found}


def http_managers(listener: Manifest) -> list[Manifest]:
    """How the chains of a listener treat HTTP."""
    chains = [*listener.get("filter_chains", ()), *filter(None, [listener.get("default_filter_chain")])]
    filters = [each for chain in chains for each in chain["filters"]]
    return [each["typed_config"] for each in filters if each["name"] == MANAGER]


def group(mesh: Mesh, port: int = 80) -> str:
    """ARN of the target group behind a port of the NLB."""
    session = mesh.world.account.session
    with session.lock:
        found = {each["Port"]: each["TargetGroupArn"] for each in session.elb.describe_target_groups()["TargetGroups"]}
    return str(found[port])


def listener_attributes(mesh: Mesh, port: int = 80) -> dict[str, str]:
    """Of the NLB's listener at a port."""
    session = mesh.world.account.session
    with session.lock:
        (balancer,) = session.elb.describe_load_balancers()["LoadBalancers"]
        answer = session.elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        arns = {each["Port"]: each["ListenerArn"] for each in answer}
        return _pairs(session.elb.describe_listener_attributes(ListenerArn=arns[port])["Attributes"])


def group_attributes(mesh: Mesh, arn: str) -> dict[str, str]:
    """Of a target group."""
    session = mesh.world.account.session
    with session.lock:
        return _pairs(session.elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"])


@contextmanager
def with_group_attribute(mesh: Mesh, arn: str, key: str, value: str) -> Iterator[None]:
    """Another value, behind the stack's back, while the block runs."""
    session = mesh.world.account.session

    def write(text: str) -> None:
        with session.lock:
            session.elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[{"Key": key, "Value": text}])

    before = group_attributes(mesh, arn)[key]
    write(value)
    try:
        yield
    finally:
        write(before)


def states(mesh: Mesh, port: int = 80) -> dict[str, str]:
    """Of the NLB's targets behind a port, by address."""
    return {address: state for (address, _), (state, _) in mesh.entrance.states(group(mesh, port)).items()}


def deployment(mesh: Mesh) -> Manifest:
    """Of the pods."""
    found = mesh.control_plane.api.get("apps/v1", "Deployment", WORKLOAD, WORKLOAD)
    assert found, WORKLOAD
    return found


def settle(mesh: Mesh) -> None:
    """Wait until all pods are of the newest kind, and the NLB has them as healthy targets and no other."""
    with at_once(mesh):
        eventually(lambda: _settled(mesh), within=90)


@contextmanager
def at_once(mesh: Mesh) -> Iterator[None]:
    """While the block runs a new pod counts from when it is ready, for tests that need not see it prove itself."""
    before = deployment(mesh)["spec"].get("minReadySeconds", 0)
    patch_deployment(mesh, {"minReadySeconds": 0})
    try:
        yield
    finally:
        patch_deployment(mesh, {"minReadySeconds": before})


def patch_deployment(mesh: Mesh, spec: Mapping[str, Any]) -> None:
    """Change these fields of its spec."""
    named = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": WORKLOAD, "namespace": WORKLOAD}}
    mesh.control_plane.api.patch({**named, "spec": dict(spec)})


def _settled(mesh: Mesh) -> None:
    there, found = pods(mesh), deployment(mesh)
    status = found["status"]
    assert status["observedGeneration"] == found["metadata"]["generation"]
    assert status.get("updatedReplicas") == status["replicas"] == len(there), status
    assert all(map(ready, there)), [pod["status"] for pod in there]
    assert states(mesh) == {pod["status"]["podIP"]: "healthy" for pod in there}


def log(mesh: Mesh, pod: Manifest) -> str:
    """All that a pod's proxy has written."""
    return mesh.kubelet.log(WORKLOAD, pod["metadata"]["name"], PROXY)


def logged(mesh: Mesh, path: str) -> dict[str, Any]:
    """The line of a proxy's access log for a path that was asked for once."""
    found: list[str] = []

    def there() -> None:
        lines = "".join(log(mesh, pod) for pod in pods(mesh)).splitlines()
        found[:] = [line for line in lines if f'"path":"{path}"' in line]
        assert found, f"no line for {path}"

    eventually(there)
    return dict(json.loads(found[0]))


def _pairs(attributes: list[dict[str, str]]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in attributes}
