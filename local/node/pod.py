"""One pod from its first start to its end: what the kubelet does for it, in a thread of its own."""

import threading
import time
import traceback
from collections.abc import Mapping
from typing import Any

from local import timestamps
from local.node import ending
from local.node.container import Container
from local.node.container_status import Role
from local.node.making import Made, Means, make, unmade
from local.node.record import Record
from local.node.sources import PodSources
from local.node.status import status

Manifest = Mapping[str, Any]

# Before what did not work is tried again, in seconds.
RETRY = 1.0
# Nothing else tells when a token wants to be renewed.
AT_LEAST_EVERY = 60.0


class Pod:
    """Runs what a Pod object asks for, at an address of its own."""

    def __init__(self, manifest: Manifest, address: str, means: Means) -> None:
        self.record = Record(means.api, manifest, means.complain)
        self.address, self._means = address, means
        self._sources = PodSources(means.api, manifest)
        self._made: Made | None = None
        self._host = self._in_the_way = ""
        # Containers of the start that have done their part in it.
        self._passed: set[str] = set()
        self._stale = self._ending = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"pod {manifest['metadata']['name']}", daemon=True)

    def begin(self) -> None:
        """Start the pod's thread."""
        self._thread.start()

    def join(self) -> None:
        """Wait until nothing of the pod runs."""
        self._thread.join()

    def changed(self, manifest: Manifest) -> None:
        """Apply the object that the API server has now."""
        self.record.take(manifest)
        self._stale = True
        self._wake.set()

    def refresh(self, kind: str, name: str) -> None:
        """Note that a Secret or ConfigMap of the pod's namespace has changed."""
        made = self._made
        if made is not None and made.volumes.shows(kind, name):
            self._stale = True
        # Also when it waits for just this one.
        self._wake.set()

    def vanish(self) -> None:
        """End the pod now without a report to the API server: its object is deleted or it is no longer wanted."""
        self.record.gone.set()
        self._wake.set()

    def container(self, name: str) -> Container:
        """Return the container with this name. Raises LookupError when it does not exist (yet)."""
        for each in self._containers:
            if each.name == name:
                return each
        raise LookupError(f"pod {self.record.manifest['metadata']['name']} has no container {name} yet")

    @property
    def _containers(self) -> list[Container]:
        made = self._made
        return made.containers if made is not None else []

    @property
    def _over(self) -> bool:
        return self.record.gone.is_set() or self.record.asked_to_end

    def _work(self) -> None:
        try:
            self._live()
        except Exception:  # noqa: BLE001 - the thread of a pod reports every failure
            self._means.complain(traceback.format_exc())
        finally:
            if self._made is not None:
                self._made.remove()

    def _live(self) -> None:
        self._report()
        while not self._over and not self._start():
            self._wait(RETRY)
        while not self._over and not ending.finished(self._containers):
            self._step()
            self._report()
            self._wait(self._due())
        self._end()
        while not self.record.gone.is_set() and not (self.record.asked_to_end and self.record.delete()):
            self._wait(RETRY if self.record.asked_to_end else None)

    def _start(self) -> bool:
        """Make the pod, and return whether its containers may start; the status gives the obstacle."""
        manifest = self.record.manifest
        try:
            place = self._means.place(manifest["spec"]["nodeName"])
            self._host = place.address
            self._made = make(manifest, self.address, place, self._sources, self._means, self._wake.set)
        except Exception as error:  # noqa: BLE001 - any failure becomes the pod's status
            # From the API server, the runtime or the pod itself: to be said, and to be tried again.
            self._in_the_way = str(error) or repr(error)
            self._report()
            return False
        return True

    def _step(self) -> None:
        """Start the containers that are due, and keep volumes up to date with their sources."""
        if self._stale or self._sources.renew_at() <= time.monotonic():
            self._renew()
        for each in self._containers:
            if not each.begun:
                each.begin()
            if each.passed if each.role is Role.MAIN else each.seen().initialized:
                self._passed.add(each.name)
            if each.name not in self._passed:
                return

    def _renew(self) -> None:
        assert self._made is not None
        self._stale = False
        self._made.volumes.follow(self.record.manifest)
        try:
            self._made.volumes.write()
        except Exception as error:  # noqa: BLE001 - containers go on without the new files
            # Containers go on with what they have, as in a cluster.
            if str(error) != self._in_the_way:
                self._in_the_way = str(error)
                self._means.complain(f"pod {self.record.manifest['metadata']['name']}: {error}")
            self._stale = True

    def _due(self) -> float:
        if self.record.behind or self._stale:
            return RETRY
        return max(RETRY, min(AT_LEAST_EVERY, self._sources.renew_at() - time.monotonic()))

    def _wait(self, seconds: float | None) -> None:
        self._wake.wait(seconds)
        self._wake.clear()

    def _end(self) -> None:
        """Stop all containers in order, and report the progress to the API server."""
        self._ending = True
        stopping = ending.stop(self._containers, self.record.grace)
        while stopping.is_alive() and not self.record.gone.is_set():
            self._report()
            self._wait(RETRY)
        for each in self._containers:
            each.kill()
        self._report()
        if self._made is not None:
            self._made.remove()

    def _report(self) -> None:
        containers = self._containers
        manifest = self.record.manifest
        self.record.report(
            status(
                manifest,
                [each.seen() for each in containers] if containers else unmade(manifest, self._in_the_way),
                address=self.address if containers else "",
                host=self._host,
                sandboxed=bool(containers),
                ending=self._ending,
                now=timestamps.now(),
            )
        )
