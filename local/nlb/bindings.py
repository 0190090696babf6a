"""The load balancer controller's part: pods behind a TargetGroupBinding are targets of its group.

Real ones are asked through the APIs of both sides: Kubernetes for bindings, EndpointSlices and pods, AWS for targets.
Not played: the controller's webhooks for Services and for bindings, its events, and what it does to security groups.
"""

import datetime
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from components.settings import clock
from local import timestamps
from local.control_plane.api_connection import Manifest
from local.control_plane.api_errors import ApiRefusedError, ApiUnreachableError
from local.nlb import endpoints
from local.nlb.mirror import Mirror, Watched
from local.nlb.targets import Key, Reason, State

LOG = logging.getLogger(__name__)
API_VERSION, KIND = "elbv2.k8s.aws/v1beta1", "TargetGroupBinding"
# The binding stays until its targets are deregistered.
FINALIZER = "elbv2.k8s.aws/resources"
MANAGER = "aws-load-balancer-controller"
# Seconds between two looks at the health of targets.
EVERY = 0.25

States = Callable[[str], Mapping[Key, tuple[State, Reason]]]


class Patched(Watched, Protocol):
    """What of ``local.control_plane.api.Api`` is needed here."""

    def patch(self, manifest: Manifest, *, field_manager: str | None = None) -> Manifest:
        """Change the given fields."""

    def patch_status(self, manifest: Manifest, *, field_manager: str | None = None) -> Manifest:
        """Change the given fields of the status."""


class RegistryRefusedError(Exception):
    """The account's answer was no."""


class Registry(Protocol):
    """Target groups by their ARN; writes raise RegistryRefusedError."""

    def registered(self, group: str) -> frozenset[Key]:
        """Return the addresses and ports in the target group; none when it is deleted."""

    def register(self, group: str, targets: Collection[Key]) -> None:
        """Register these targets in the target group."""

    def deregister(self, group: str, targets: Collection[Key]) -> None:
        """Deregister these targets from the target group."""


class Bindings:
    """Follows the bindings. states: health of a group's targets, by its ARN; registered: called after each change."""

    def __init__(
        self,
        api: Patched,
        registry: Registry,
        states: States,
        registered: Callable[[], None],
        now: Callable[[], datetime.datetime] = clock.now,
    ) -> None:
        self._now = now
        self._api, self._registry, self._states, self._registered = api, registry, states, registered
        self._changed = threading.Event()
        kinds = ((API_VERSION, KIND), ("v1", "Service"), ("discovery.k8s.io/v1", "EndpointSlice"), ("v1", "Pod"))
        mirrors = [Mirror(api, version, kind, self._changed.set) for version, kind in kinds]
        self.bindings, self.services, self.slices, self.pods = mirrors
        # By uid of the binding: what the account was last told.
        self._told: dict[str, frozenset[Key]] = {}
        self._stopped = False
        self._thread = threading.Thread(target=self._follow, name="target group bindings", daemon=True)

    def start(self) -> None:
        """Start the controller."""
        for mirror in (self.bindings, self.services, self.slices, self.pods):
            mirror.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop the controller; registered targets stay registered."""
        self._stopped = True
        self._changed.set()
        self._thread.join(10)
        for mirror in (self.bindings, self.services, self.slices, self.pods):
            mirror.stop()

    def gates(self, namespace: str, labels: Mapping[str, str]) -> list[str]:
        """Return the readiness gates of a pod with these labels, one for each binding whose Service selects the pod."""
        found = []
        for binding in self.bindings.all(namespace):
            service = self.services.get(namespace, binding["spec"]["serviceRef"]["name"])
            if service and endpoints.selects(service, labels):
                found.append(endpoints.gate(binding))
        return sorted(found)

    def _follow(self) -> None:
        while not self._stopped:
            self._changed.wait(EVERY)
            self._changed.clear()
            # Pods that are not known yet are none that are gone. The kind of bindings may come much later.
            if not all(each.complete for each in (self.services, self.slices, self.pods)):
                continue
            for binding in self.bindings.all():
                try:
                    self.reconcile(binding)
                except (ApiRefusedError, ApiUnreachableError, RegistryRefusedError, TimeoutError) as error:
                    # Often enough of two that cannot come in the right order by themselves, or on a computer that is
                    # too busy to say how targets are; the next round tries again.
                    LOG.info("binding %s: %s", binding["metadata"]["name"], error)

    def reconcile(self, binding: Manifest) -> None:
        """Reconcile one binding as far as is possible now."""
        metadata = binding["metadata"]
        if metadata.get("deletionTimestamp"):
            self._let_go(binding)
            return
        if FINALIZER not in metadata.get("finalizers", []):
            self._finalizers(binding, [*metadata.get("finalizers", []), FINALIZER])
        wanted = self._wanted(binding)
        self._tell(binding, frozenset(wanted))
        states = self._states(binding["spec"]["targetGroupARN"])
        for key, pod in wanted.items():
            self._condition(pod, endpoints.gate(binding), states.get(key))

    def _wanted(self, binding: Manifest) -> dict[Key, Mapping[str, Any]]:
        namespace, name = binding["metadata"]["namespace"], binding["spec"]["serviceRef"]["name"]
        service = self.services.get(namespace, name)
        port = endpoints.service_port(binding, service) if service else None
        if port is None:
            return {}
        slices = (
            each
            for each in self.slices.all(namespace)
            if each["metadata"].get("labels", {}).get(endpoints.SERVICE_LABEL) == name
        )
        pods = {each["metadata"]["name"]: each for each in self.pods.all(namespace)}
        return endpoints.targets(port, slices, pods)

    def _tell(self, binding: Manifest, wanted: frozenset[Key]) -> None:
        uid, group = binding["metadata"]["uid"], binding["spec"]["targetGroupARN"]
        if self._told.get(uid) == wanted:
            return
        known = self._registry.registered(group)
        if gone := known - wanted:
            self._registry.deregister(group, gone)
        if new := wanted - known:
            self._registry.register(group, new)
        self._told[uid] = wanted
        self._registered()

    def _let_go(self, binding: Manifest) -> None:
        """Deregister every target, release the pods that wait for the binding, then remove the binding's finalizer."""
        metadata = binding["metadata"]
        if FINALIZER not in metadata.get("finalizers", []):
            return
        group = binding["spec"]["targetGroupARN"]
        if known := self._registry.registered(group):
            self._registry.deregister(group, known)
        self._told.pop(metadata["uid"], None)
        self._registered()
        for pod in self.pods.all(metadata["namespace"]):
            self._condition(pod, endpoints.gate(binding), ("healthy", ""))
        self._finalizers(binding, [each for each in metadata["finalizers"] if each != FINALIZER])

    def _condition(self, pod: Mapping[str, Any], type_: str, state: tuple[State, Reason] | None) -> None:
        now = timestamps.format_utc(self._now())
        condition = endpoints.condition(pod, type_, state, now)
        if condition:
            manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": _identity(pod)}
            status = {"status": {"conditions": [condition]}}
            _unless_gone(lambda: self._api.patch_status(manifest | status, field_manager=MANAGER))

    def _finalizers(self, binding: Manifest, wanted: list[str]) -> None:
        version = {"resourceVersion": binding["metadata"]["resourceVersion"], "finalizers": wanted}
        manifest = {"apiVersion": API_VERSION, "kind": KIND, "metadata": _identity(binding) | version}
        _unless_gone(lambda: self._api.patch(manifest, field_manager=MANAGER))


def _unless_gone(write: Callable[[], object]) -> None:
    """Ignore a refusal for a deleted or changed object.

    The mirror lags behind: a deleted object needs nothing, a changed one is reported again.
    """
    try:
        write()
    except ApiRefusedError as error:
        if not (error.missing or error.conflict):
            raise


def _identity(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {key: manifest["metadata"][key] for key in ("name", "namespace", "uid")}
