"""Which of a pod's connections its sidecar gets: what Istio's CNI plugin reads from the pod.

The same tests, annotations and defaults as ``cni/pkg/plugin`` of Istio (plugin.go, sidecar_redirect.go,
sidecar_iptables_linux.go); the rules themselves are made by Istio's own program.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PROXY, INIT = "istio-proxy", "istio-init"
STATUS, INJECT = "sidecar.istio.io/status", "sidecar.istio.io/inject"
TRAFFIC = "traffic.sidecar.istio.io"
REROUTED = ("istio.io/reroute-virtual-interfaces", f"{TRAFFIC}/kubevirtInterfaces")
DEFAULT_USER = 1337
# Metrics, health, and the agent's own port are never the application's.
ALWAYS_EXCLUDED = ("15020", "15021", "15090")
# Of the istio-cni chart.
EXCLUDED_NAMESPACES = frozenset({"kube-system"})

# strconv.ParseBool of Go.
TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
INTERFACE = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]{0,14}")

Manifest = Mapping[str, Any]


def arguments(pod: Manifest) -> list[str] | None:
    """Return the arguments of ``pilot-agent istio-iptables`` for this pod; None where the plugin skips a pod.

    Raises ValueError for an annotation that the plugin refuses: such a pod does not start.
    """
    proxy = _proxy(pod)
    if proxy is None or not _wanted(pod, proxy):
        return None
    annotations = pod["metadata"].get("annotations") or {}
    said = {flag.name: _value(flag, annotations) for flag in FLAGS}
    said["istio-local-exclude-ports"] = _with_own_ports(said["istio-local-exclude-ports"])
    said["kube-virt-interfaces"] = _rerouted(annotations)
    context = proxy.get("securityContext") or {}
    # Root and unsaid alike.
    said["proxy-uid"] = str(context.get("runAsUser") or DEFAULT_USER)
    said["proxy-gid"] = str(context.get("runAsGroup") or DEFAULT_USER)
    return [*(f"--{name}={value}" for name, value in said.items()), *_switches(_environment(proxy))]


def _proxy(pod: Manifest) -> Manifest | None:
    return next((each for each in _containers(pod) if each["name"] == PROXY), None)


def _containers(pod: Manifest) -> Iterator[Manifest]:
    spec = pod["spec"]
    yield from spec.get("initContainers") or ()
    yield from spec.get("containers") or ()


def _wanted(pod: Manifest, proxy: Manifest) -> bool:
    metadata = pod["metadata"]
    args: Sequence[str] = proxy.get("args") or ()
    annotations = metadata.get("annotations") or {}
    # The label is the newer of the two.
    inject = (metadata.get("labels") or {}).get(INJECT) or annotations.get(INJECT, "")
    return not (
        metadata.get("namespace") in EXCLUDED_NAMESPACES
        or any(each["name"] == INIT for each in _containers(pod))
        or _environment(proxy).get("DISABLE_ENVOY") in TRUE
        or (len(args) >= 2 and args[0] == "proxy" and args[1] != "sidecar")
        or inject in FALSE
        or STATUS not in annotations
    )


def _environment(proxy: Manifest) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in proxy.get("env") or ()}


def _switches(environment: Mapping[str, str]) -> list[str]:
    asked = {
        "ISTIO_META_DNS_CAPTURE": ["--redirect-dns", "--capture-all-dns"],
        "ISTIO_DUAL_STACK": ["--dual-stack"],
        "INVALID_DROP": ["--drop-invalid"],
    }
    return [switch for name, switches in asked.items() if environment.get(name) in TRUE for switch in switches]


def _with_own_ports(ports: str) -> str:
    given = ports.strip()
    return ",".join(dict.fromkeys([*(given.split(",") if given else ()), *ALWAYS_EXCLUDED]))


def _rerouted(annotations: Mapping[str, str]) -> str:
    for name in REROUTED:
        if name in annotations:
            return _checked(name, annotations[name], _interfaces)
    return ""


def _mode(value: str) -> bool:
    return value in ("REDIRECT", "TPROXY")


def _ports(value: str) -> bool:
    given = value.strip()
    return not given or all(each.strip().isdecimal() and int(each) < 1 << 16 for each in given.split(","))


def _ports_or_all(value: str) -> bool:
    return value == "*" or _ports(value)


def _ranges(value: str) -> bool:
    return not value or all(_is_range(each) for each in value.split(","))


def _ranges_or_all(value: str) -> bool:
    return value == "*" or _ranges(value)


def _interfaces(value: str) -> bool:
    return not value or all(INTERFACE.fullmatch(each.strip()) for each in value.split(","))


def _is_range(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return "/" in value


@dataclass(frozen=True)
class _Flag:
    """One of istio-iptables, with the annotation that it is taken from and the plugin's default."""

    name: str
    annotation: str
    default: str
    valid: Callable[[str], bool]


FLAGS = (
    _Flag("istio-inbound-interception-mode", "sidecar.istio.io/interceptionMode", "REDIRECT", _mode),
    _Flag("istio-service-cidr", f"{TRAFFIC}/includeOutboundIPRanges", "*", _ranges_or_all),
    _Flag("istio-service-exclude-cidr", f"{TRAFFIC}/excludeOutboundIPRanges", "", _ranges),
    _Flag("istio-inbound-ports", f"{TRAFFIC}/includeInboundPorts", "*", _ports_or_all),
    _Flag("istio-local-exclude-ports", f"{TRAFFIC}/excludeInboundPorts", "15020", _ports_or_all),
    _Flag("istio-outbound-ports", f"{TRAFFIC}/includeOutboundPorts", "", _ports_or_all),
    _Flag("istio-local-outbound-ports-exclude", f"{TRAFFIC}/excludeOutboundPorts", "15020", _ports_or_all),
    _Flag("istio-exclude-interfaces", f"{TRAFFIC}/excludeInterfaces", "", _interfaces),
)


def _value(flag: _Flag, annotations: Mapping[str, str]) -> str:
    return _checked(flag.annotation, annotations.get(flag.annotation, flag.default), flag.valid)


def _checked(annotation: str, value: str, valid: Callable[[str], bool]) -> str:
    if not valid(value):
        raise ValueError(f"annotation {annotation}: {value!r} is refused by Istio's CNI plugin")
    return value
