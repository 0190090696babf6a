"""What pulumi-kubernetes waits for, by kind (provider/pkg/await/awaiters.go); other kinds count as ready at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.control_plane.api import Api
from local.providers.kubernetes.target import Manifest

SKIP_AWAIT = "pulumi.com/skipAwait"
# Seconds until an object has to be gone, unless its kind has more.
DELETED_SECONDS = 300.0
DELETED = {"Deployment": 600.0, "StatefulSet": 600.0}


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """lacking: sentences about a live object that is not ready; none when it is. seconds: until that is an error."""

    lacking: Callable[[Api, Manifest], list[str]]
    seconds: float


def rollout(api: Api, live: Manifest) -> list[str]:
    """Return what a Deployment's rollout lacks: the newest ReplicaSet must be complete and available."""
    status, wanted = live.get("status", {}), live["spec"].get("replicas", 1)
    if status.get("observedGeneration") != live["metadata"].get("generation"):
        return ["the Deployment controller has not seen it yet"]
    conditions = _conditions(live)
    lacking = [
        f"[{each.get('reason')}] {each.get('message')}"
        for each in conditions.values()
        if (each["status"] == "True") == (each["type"] == "ReplicaFailure")
    ]
    if not _true(conditions, "Available"):
        lacking.append("Minimum number of live Pods was not attained")
    elif min(status.get("updatedReplicas", 0), status.get("readyReplicas", 0)) < wanted or not _rolled(conditions):
        lacking.append("Minimum number of Pods to consider the application live was not attained")
    return lacking


def targets(api: Api, live: Manifest) -> list[str]:
    """Return what a Service lacks: it must have endpoints, ready or not, as the provider counts them."""
    spec = live["spec"]
    if not spec.get("selector") or spec.get("clusterIP") == "None" or spec.get("type") == "ExternalName":
        return []
    metadata = live["metadata"]
    labels = f"kubernetes.io/service-name={metadata['name']}"
    slices = api.list("discovery.k8s.io/v1", "EndpointSlice", metadata["namespace"], labels=labels)
    if any(each.get("endpoints") for each in slices):
        return []
    return [
        "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match "
        "labels on any Pods"
    ]


def counted(api: Api, live: Manifest) -> list[str]:
    """Return what a ResourceQuota lacks: its controller must have counted it."""
    same = live["spec"].get("hard", {}) == live.get("status", {}).get("hard", {})
    return [] if same else ["the hard limits are not in the status yet"]


def established(api: Api, live: Manifest) -> list[str]:
    """Return what a CustomResourceDefinition lacks: its kind must be served."""
    conditions = _conditions(live)
    return [] if _true(conditions, "Established") else ["its kind is not served yet"]


AWAITED = {
    ("apps/v1", "Deployment"): Awaited(lacking=rollout, seconds=600),
    ("v1", "Service"): Awaited(lacking=targets, seconds=600),
    ("v1", "ResourceQuota"): Awaited(lacking=counted, seconds=60),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): Awaited(lacking=established, seconds=60),
}


def stuck(live: Manifest) -> str:
    """Return why an object cannot be deleted, as far as the object itself says so."""
    metadata = live["metadata"]
    finalizers = [*metadata.get("finalizers", ()), *live.get("spec", {}).get("finalizers", ())]
    said = [each["message"] for each in _conditions(live).values() if _holds(live, each)]
    return " ".join(
        [
            f'Timed out waiting for deletion of {live["apiVersion"]}/{live["kind"]} "{metadata["name"]}":',
            f"finalizers might be preventing deletion ({', '.join(finalizers)}).",
            *said,
        ]
    )


def _conditions(live: Manifest) -> dict[str, Any]:
    # A list of none may be null.
    return {each["type"]: each for each in live.get("status", {}).get("conditions") or ()}


def _holds(live: Manifest, condition: dict[str, Any]) -> bool:
    """Check whether a condition blocks a namespace's deletion: such conditions are true where something is left."""
    return bool(live["kind"] == "Namespace" and condition["status"] == "True")


def _rolled(conditions: dict[str, Any]) -> bool:
    return bool(conditions.get("Progressing", {}).get("reason") == "NewReplicaSetAvailable")


def _true(conditions: dict[str, Any], type_: str) -> bool:
    return bool(conditions.get(type_, {}).get("status") == "True")
