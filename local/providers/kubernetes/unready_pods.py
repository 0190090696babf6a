"""Why workloads are not ready: what they, their pods and their containers say of it."""

from collections.abc import Callable, Iterator

from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError, ApiUnreachableError
from local.providers.kubernetes import awaits
from local.providers.kubernetes.target import Manifest

# Of a container: namespace, pod, container.
Log = Callable[[str, str, str], str]
WORKLOADS = ("Deployment", "DaemonSet", "StatefulSet")
# Lines of a container's log, and events of an object.
LINES, EVENTS = 10, 3


class Pods:
    """log: what a container has printed; without it reasons end at its state."""

    def __init__(self, api: Api, log: Log | None = None) -> None:
        self._api = api
        self._log = log

    def reasons(self, manifest: Manifest) -> list[str]:
        """Return why a workload's pods are not ready, as far as the API server answers.

        None when it is no workload, or nothing is wrong.
        """
        try:
            return list(self._reasons(manifest))
        except (ApiRefusedError, ApiUnreachableError) as error:
            return [f"what it lacks cannot be found out: {error}"]

    def _reasons(self, manifest: Manifest) -> Iterator[str]:
        if manifest["kind"] not in WORKLOADS:
            return
        metadata = manifest["metadata"]
        namespace = metadata.get("namespace", "default")
        live = self._api.get(manifest["apiVersion"], manifest["kind"], metadata["name"], namespace)
        if live is None:
            yield f"{manifest['kind']} {namespace}/{metadata['name']} does not exist"
            return
        lacking = awaits.rollout(self._api, live) if live["kind"] == "Deployment" else []
        events = self._events(live)
        yield from (f"[{live['kind']} {namespace}/{metadata['name']}] {each}" for each in [*lacking, *events])
        labels = ",".join(f"{key}={value}" for key, value in live["spec"]["selector"].get("matchLabels", {}).items())
        for pod in self._api.list("v1", "Pod", namespace, labels=labels):
            said = list(self._pod(pod))
            yield from (f"[Pod {namespace}/{pod['metadata']['name']}] {each}" for each in said)

    def _pod(self, pod: Manifest) -> Iterator[str]:
        status = pod.get("status", {})
        conditions = {each["type"]: each for each in status.get("conditions") or ()}
        if conditions.get("Ready", {}).get("status") == "True":
            return
        scheduled = conditions.get("PodScheduled", {})
        if scheduled.get("status") == "False":
            yield f"{scheduled.get('reason')}: {scheduled.get('message')}"
        for gate in pod["spec"].get("readinessGates", ()):
            if conditions.get(gate["conditionType"], {}).get("status") != "True":
                yield f"readiness gate {gate['conditionType']} is not true"
        for container in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
            yield from self._container(pod, container)
        if not status.get("containerStatuses") and scheduled.get("status") != "False":
            yield f"{status.get('phase', 'Pending')}: no container has been started"
        yield from self._events(pod)

    def _container(self, pod: Manifest, container: Manifest) -> Iterator[str]:
        state = _state(container)
        if state is None:
            return
        yield f"container {container['name']}: {state}"
        if self._log is not None:
            metadata = pod["metadata"]
            printed = self._log(metadata["namespace"], metadata["name"], container["name"]).splitlines()
            yield from (f"container {container['name']} printed: {line}" for line in printed[-LINES:])

    def _events(self, live: Manifest) -> list[str]:
        metadata = live["metadata"]
        fields = f"type=Warning,involvedObject.uid={metadata['uid']}"
        events = self._api.list("v1", "Event", metadata["namespace"], fields=fields)
        return [f"{each.get('reason')}: {each.get('message')}" for each in events[-EVENTS:]]


def _state(container: Manifest) -> str | None:
    """Return why the container is not ready, or None when it is."""
    state = container.get("state", {})
    if waiting := state.get("waiting"):
        return " ".join(each for each in (waiting.get("reason"), waiting.get("message")) if each)
    if ended := state.get("terminated"):
        return None if ended.get("exitCode") == 0 else f"ended with status {ended.get('exitCode')}"
    return None if container.get("ready") or container.get("started") is None else "it runs but is not ready"
