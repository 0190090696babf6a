"""What a pod's status says, from what its containers do.

Phases and conditions follow ``getPhase`` (pkg/kubelet/kubelet_pods.go) and pkg/kubelet/status/generate.go.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from local.node.conditions import conditions, dated
from local.node.container_status import Role, Running, Seen, Waiting

Manifest = Mapping[str, Any]


def phase(containers: Sequence[Seen], *, ending: bool = False) -> str:
    """Return the phase of a pod with these containers; ``ending``: none of them is restarted."""
    inits, sidecars, mains = (_of(containers, role) for role in (Role.INIT, Role.SIDECAR, Role.MAIN))
    if any(each.ended and each.ended.code and not each.restarted for each in inits):
        return "Failed"
    # A running pod goes on being one while a sidecar restarts.
    begun = any(isinstance(each.state, Running) or each.ended for each in mains)
    waiting = any(isinstance(each.state, Waiting) and not each.ended for each in [*sidecars, *mains])
    if waiting or not all(each.initialized for each in inits) or not (begun or all(s.started for s in sidecars)):
        return "Pending"
    if any(isinstance(each.state, Running) for each in [*sidecars, *mains]):
        return "Running"
    ends = [each.ended for each in mains if each.ended]
    if not ending and any(each.restarted for each in mains):
        return "Running"
    return "Failed" if any(each.code for each in ends) else "Succeeded"


def status(
    pod: Manifest, containers: Sequence[Seen], *, address: str, host: str, sandboxed: bool, ending: bool, now: str
) -> dict[str, Any]:
    """Return the kubelet's fields of a status, for a patch; other conditions are left to their controllers.

    pod: as the API server has it. address: the pod's, empty before it has one. host: its node's, empty if unknown.
    sandboxed: its network and volumes are there. ending: it is being stopped.
    """
    found = phase(containers, ending=ending)
    addresses: dict[str, Any] = {"hostIP": host, "hostIPs": [{"ip": host}]} if host else {}
    addresses |= {"podIP": address, "podIPs": [{"ip": address}]} if address else {}
    former = pod.get("status") or {}
    return {
        "phase": found,
        **addresses,
        "startTime": former.get("startTime") or now,
        "conditions": dated(conditions(pod, containers, found, sandboxed), former.get("conditions") or [], now),
        "initContainerStatuses": [each.manifest for each in containers if each.role is not Role.MAIN],
        "containerStatuses": [each.manifest for each in containers if each.role is Role.MAIN],
    }


def _of(containers: Sequence[Seen], role: Role) -> list[Seen]:
    return [each for each in containers if each.role is role]
