"""What Kubernetes would say of a pod: Pod Security ``restricted``, scheduling, selectors."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Pod Security Standards, profile restricted (kubernetes.io/docs/concepts/security/pod-security-standards).
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
PROFILES = {"RuntimeDefault", "Localhost"}


def not_restricted(spec: Mapping[str, Any]) -> list[str]:
    """What the profile ``restricted`` refuses in a pod."""
    return [*_pod(spec), *(f"{each['name']}: {what}" for each in spec["containers"] for what in _container(each, spec))]


def _pod(spec: Mapping[str, Any]) -> Iterator[str]:
    yield from (key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key))
    for volume in spec.get("volumes", []):
        yield from (f"volume {volume['name']}: {kind}" for kind in volume.keys() - {"name"} - RESTRICTED_VOLUMES)
    sysctls = {each["name"] for each in spec.get("securityContext", {}).get("sysctls", [])}
    yield from (f"sysctl {each}" for each in sysctls - SAFE_SYSCTLS)


def _container(container: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[str]:
    context = container.get("securityContext", {})
    effective = {**spec.get("securityContext", {}), **context}
    if context.get("privileged"):
        yield "privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation"
    if effective.get("runAsNonRoot") is not True or effective.get("runAsUser") == 0:
        yield "may run as root"
    if effective.get("seccompProfile", {}).get("type") not in PROFILES:
        yield "no seccomp profile"
    capabilities = context.get("capabilities", {})
    if "ALL" not in capabilities.get("drop", []) or set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield "capabilities"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield "hostPort"


def tolerates(spec: Mapping[str, Any], taint: Mapping[str, str]) -> bool:
    """``taint`` in Kubernetes' words."""
    return any(_matches(each, taint) for each in spec.get("tolerations", []))


def _matches(toleration: Mapping[str, str], taint: Mapping[str, str]) -> bool:
    exists = toleration.get("operator", "Equal") == "Exists"
    key = toleration.get("key", taint["key"] if exists else None)
    value = taint.get("value") if exists else toleration.get("value", "")
    effect = toleration.get("effect", taint["effect"])
    return (key, value, effect) == (taint["key"], taint.get("value"), taint["effect"])


def selected(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """A label selector, as Kubernetes evaluates it."""
    equal = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return equal and all(_expression(each, labels) for each in selector.get("matchExpressions", []))


def _expression(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values", [])
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[expression["operator"]]


def environment(container: Mapping[str, Any]) -> dict[str, str]:
    """Its plain variables; one that is named twice is an error."""
    plain: Sequence[Mapping[str, str]] = [each for each in container.get("env") or [] if "value" in each]
    found = {each["name"]: each["value"] for each in plain}
    assert len(found) == len(plain), "a variable is given twice"
    return found
