"""The order in which a pod's containers end: sidecars outlive what they serve."""

import threading
from collections.abc import Callable, Sequence
from time import monotonic

from local.node.container import Container
from local.node.container_status import Role


def finished(containers: Sequence[Container]) -> bool:
    """Check whether the pod's work has ended, well or not.

    It has when only sidecars are left, or when an init container failed for good.
    """
    mains = [each for each in containers if each.role is Role.MAIN]
    failed = any(each.over.is_set() and not each.seen().initialized for each in containers if each.role is Role.INIT)
    return failed or all(each.over.is_set() for each in mains)


def stop(containers: Sequence[Container], grace: float) -> threading.Thread:
    """Stop all containers; the returned thread ends after the last one has ended.

    All preStop hooks run at once. Sidecars are asked to end in reverse order, each when all after it have ended, within
    the same ``grace`` in seconds (terminationOrdering in pkg/kubelet/kuberuntime).
    """

    def work() -> None:
        threads = [
            threading.Thread(target=each.stop, args=(grace, _turn(each, containers[at + 1 :])), daemon=True)
            for at, each in enumerate(containers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    thread = threading.Thread(target=work, name="ending", daemon=True)
    thread.start()
    return thread


def _turn(container: Container, later: Sequence[Container]) -> Callable[[float], None]:
    def wait(seconds: float) -> None:
        end = monotonic() + seconds
        for each in later if container.role is Role.SIDECAR else ():
            each.over.wait(max(0.0, end - monotonic()))

    return wait
