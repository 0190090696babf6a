"""Connections that go by a pod's sidecar, by the rules that Istio's own program makes."""

from typing import Any

import pytest

from local.node.interception import STATUS, TRAFFIC
from local.node.namespaces import SandboxError
from local.node.sandbox import PodSandbox
from tests.support.mesh.pods import NODE, PROXY, Pods, ask, said, serve

# As the injector's template has it with the CNI plugin; the second of a failure is enough.
VALIDATION = [
    *("pilot-agent", "istio-iptables", "-p", "15001", "-z", "15006", "-u", "1337", "-m", "REDIRECT", "-i", "*"),
    *("-x", "", "-b", "*", "-d", "15090,15021,15020", "--run-validation", "--skip-rule-apply", "--probe-timeout", "1s"),
]


def injected(**annotations: str) -> dict[str, Any]:
    """By the names of the annotations after traffic.sidecar.istio.io/."""
    prefixed = {f"{TRAFFIC}/{name}": value for name, value in annotations.items()}
    return {
        "metadata": {"namespace": "shop", "annotations": {STATUS: "{}"} | prefixed},
        "spec": {"containers": [{"name": "istio-proxy", "args": ["proxy", "sidecar"]}]},
    }


@pytest.fixture
def meshed(make: Pods) -> tuple[PodSandbox, PodSandbox]:
    """A pod with a sidecar whose outbound and inbound ports say so, and a pod without that serves."""
    pod, other = make(), make()
    assert pod.intercept(injected(excludeOutboundIPRanges=f"{NODE}/32"))
    serve(pod, 15001, "outbound", uid=PROXY)
    serve(pod, 15006, "inbound", uid=PROXY)
    serve(pod, 8080, "app")
    serve(other, 8080, "other")
    return pod, other


def test_an_apps_connections_go_to_its_sidecar(meshed: tuple[PodSandbox, PodSandbox]) -> None:
    pod, other = meshed
    assert ask(pod, other.address).startswith("outbound")
    assert ask(pod, "192.0.2.1", 443).startswith("outbound")


def test_the_sidecars_own_do_not(meshed: tuple[PodSandbox, PodSandbox]) -> None:
    pod, other = meshed
    assert ask(pod, other.address, 8080, uid=PROXY) == f"other {pod.address}"


def test_a_visitors_connections_go_to_the_sidecar_first(meshed: tuple[PodSandbox, PodSandbox]) -> None:
    pod, other = meshed
    assert ask(other, pod.address) == f"inbound {other.address}"


def test_excluded_addresses_and_ports_are_left_alone(meshed: tuple[PodSandbox, PodSandbox], host: None) -> None:
    pod, other = meshed
    assert ask(pod, NODE) == f"node {pod.address}"
    serve(pod, 15021, "health", uid=PROXY)
    assert ask(other, pod.address, 15021) == f"health {other.address}"


def test_the_injected_validation_passes_only_with_interception(make: Pods) -> None:
    pod = make()
    assert pod.run(VALIDATION, {}, uid=PROXY, gid=PROXY, timeout=20).returncode == 126
    assert pod.intercept(injected())
    said(pod, *VALIDATION, uid=PROXY)


def test_a_pod_without_a_sidecar_is_left_alone(make: Pods, host: None) -> None:
    pod = make()
    assert not pod.intercept({"metadata": {}, "spec": {"containers": [{"name": "app"}]}})
    assert ask(pod, NODE) == f"node {pod.address}"


def test_an_annotation_that_the_plugin_refuses_keeps_the_pod_from_starting(make: Pods) -> None:
    with pytest.raises(SandboxError, match="excludeOutboundIPRanges"):
        make().intercept(injected(excludeOutboundIPRanges="everywhere"))
