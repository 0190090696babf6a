"""What Pod Security admission would say of a pod."""

from collections.abc import Iterator, Mapping
from typing import Any

RESTRICTED_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
SAFE_SYSCTLS = {"net.ipv4.ip_unprivileged_port_start"}


def violations(pod: Mapping[str, Any]) -> Iterator[str]:
    """What Pod Security ``restricted`` refuses (Kubernetes, "Pod Security Standards")."""
    whole = pod.get("securityContext", {})
    if any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
        yield "host namespaces"
    yield from (f"sysctl {each['name']}" for each in whole.get("sysctls", []) if each["name"] not in SAFE_SYSCTLS)
    yield from (
        f"volume {volume['name']}: {kind}"
        for volume in pod.get("volumes", [])
        for kind in volume.keys() - {"name"} - RESTRICTED_VOLUMES
    )
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        own = {**whole, **container.get("securityContext", {})}
        capabilities = own.get("capabilities", {})
        checks = {
            "privileged": not own.get("privileged"),
            "privilege escalation": own.get("allowPrivilegeEscalation") is False,
            "capabilities": capabilities.get("drop") == ["ALL"]
            and set(capabilities.get("add", [])) <= {"NET_BIND_SERVICE"},
            "root": own.get("runAsNonRoot") is True and own.get("runAsUser") != 0,
            "seccomp": own.get("seccompProfile", {}).get("type") in ("RuntimeDefault", "Localhost"),
            "host port": not any(port.get("hostPort") for port in container.get("ports", [])),
        }
        yield from (f"{container['name']}: {check}" for check, held in checks.items() if not held)
