"""Which pods belong in a target group, and what they are told of their health there: the controller's rules.

aws-load-balancer-controller, pkg/backend/endpoint_resolver.go and pkg/targetgroupbinding/resource_manager.go.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local.nlb.targets import Key, Reason, State

Manifest = Mapping[str, Any]

GATE = "target-health.elbv2.k8s.aws/"
SERVICE_LABEL = "kubernetes.io/service-name"
# What the API says of a target beside its reason.
WORDS: Mapping[Reason, str] = {
    "": "",
    "Elb.RegistrationInProgress": "Target registration is in progress",
    "Elb.InitialHealthChecking": "Initial health checks in progress",
    "Target.FailedHealthChecks": "Health checks failed",
    "Target.DeregistrationInProgress": "Target deregistration is in progress",
    "Target.NotInUse": "Target group is not configured to receive traffic from the load balancer",
}


def gate(binding: Manifest) -> str:
    """Return the condition type that a pod behind the binding waits for."""
    return f"{GATE}{binding['metadata']['name']}"


def service_port(binding: Manifest, service: Manifest) -> str | None:
    """Return the name of the Service port that the binding gives by name or number.

    Returns "" for a port without a name, None when the Service has no such port.
    """
    wanted = binding["spec"]["serviceRef"]["port"]
    for port in service["spec"].get("ports", ()):
        if wanted in (port.get("name"), port["port"]):
            return str(port.get("name", ""))
    return None


def targets(port: str, slices: Iterable[Manifest], pods: Mapping[str, Manifest]) -> dict[Key, Manifest]:
    """Return the pods to register, by address and port of their endpoints.

    Ready ones, and those whose containers are ready and that only wait for a gate; none that is terminating. pods: of
    the Service's namespace, by name.
    """
    return {
        (endpoint["addresses"][0], number): pod
        for each in slices
        for number in _numbers(each, port)
        for endpoint, pod in _endpoints(each, pods)
        if _wanted(endpoint.get("conditions") or {}, pod)
    }


def condition(pod: Manifest, type_: str, state: tuple[State, Reason] | None, now: str) -> dict[str, str] | None:
    """Return the pod's condition for its gate; None when it is up to date or the pod has no such gate.

    state: None before the account knows the target.
    """
    if all(each["conditionType"] != type_ for each in pod["spec"].get("readinessGates") or ()):
        return None
    found, reason = state or ("initial", "Elb.RegistrationInProgress")
    wanted = {"status": "True" if found == "healthy" else "False", "reason": reason, "message": WORDS[reason]}
    last = condition_of(pod, type_)
    if all(last.get(key, "") == value for key, value in wanted.items()):
        return None
    since = last["lastTransitionTime"] if last.get("status") == wanted["status"] else now
    return {"type": type_, **wanted, "lastTransitionTime": since}


def condition_of(pod: Manifest, type_: str) -> dict[str, str]:
    """Return the pod's condition of this type; empty when the pod has none."""
    conditions = pod.get("status", {}).get("conditions") or ()
    return next((dict(each) for each in conditions if each["type"] == type_), {})


def selects(service: Manifest, labels: Mapping[str, str]) -> bool:
    """Check whether a Service selects a pod with these labels."""
    selector = service["spec"].get("selector") or {}
    return bool(selector) and selector.items() <= labels.items()


def _numbers(each: Manifest, port: str) -> Iterator[int]:
    return (found["port"] for found in each.get("ports") or () if not port or found.get("name") == port)


def _endpoints(each: Manifest, pods: Mapping[str, Manifest]) -> Iterator[tuple[Manifest, Manifest]]:
    for endpoint in each.get("endpoints") or ():
        reference = endpoint.get("targetRef") or {}
        pod = pods.get(reference.get("name", ""))
        if reference.get("kind") == "Pod" and pod:
            yield endpoint, pod


def _wanted(conditions: Manifest, pod: Manifest) -> bool:
    if conditions.get("ready"):
        return True
    return condition_of(pod, "ContainersReady").get("status") == "True" and not conditions.get("terminating")
