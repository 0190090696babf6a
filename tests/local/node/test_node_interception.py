"""The istio-cni plugin's reading of a pod, as its own sources have it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.node import interception

TRAFFIC = interception.TRAFFIC


def pod(
    *,
    annotations: dict[str, str] | None = None,
    proxy: dict[str, Any] | None = None,
    native: bool = False,
    **metadata: Any,
) -> dict[str, Any]:
    sidecar = {"name": "istio-proxy", "args": ["proxy", "sidecar"], **(proxy or {})}
    app = {"name": "app"}
    return {
        "metadata": {"namespace": "shop", "annotations": {interception.STATUS: "{}"} | (annotations or {}), **metadata},
        "spec": {"containers": [app], "initContainers": [sidecar]} if native else {"containers": [app, sidecar]},
    }


def flags(of: dict[str, Any]) -> dict[str, str]:
    asked = interception.arguments(of)
    assert asked is not None
    return {name.removeprefix("--"): value for name, _, value in (each.partition("=") for each in asked)}


@pytest.mark.parametrize("native", [False, True])
def test_everything_is_intercepted_but_the_proxys_own_ports(native: bool) -> None:
    assert flags(pod(native=native)) == {
        "istio-inbound-interception-mode": "REDIRECT",
        "istio-service-cidr": "*",
        "istio-service-exclude-cidr": "",
        "istio-inbound-ports": "*",
        "istio-local-exclude-ports": "15020,15021,15090",
        "istio-outbound-ports": "",
        "istio-local-outbound-ports-exclude": "15020",
        "istio-exclude-interfaces": "",
        "kube-virt-interfaces": "",
        "proxy-uid": "1337",
        "proxy-gid": "1337",
    }


@pytest.mark.parametrize(
    ("annotation", "value", "flag", "becomes"),
    [
        ("sidecar.istio.io/interceptionMode", "TPROXY", "istio-inbound-interception-mode", "TPROXY"),
        (f"{TRAFFIC}/includeOutboundIPRanges", "10.0.0.0/8,172.16.0.0/12", "istio-service-cidr", None),
        (f"{TRAFFIC}/includeOutboundIPRanges", "", "istio-service-cidr", None),
        (f"{TRAFFIC}/excludeOutboundIPRanges", "169.254.170.23/32", "istio-service-exclude-cidr", None),
        (f"{TRAFFIC}/includeInboundPorts", "80,443", "istio-inbound-ports", None),
        (f"{TRAFFIC}/excludeInboundPorts", "9090", "istio-local-exclude-ports", "9090,15020,15021,15090"),
        (f"{TRAFFIC}/excludeInboundPorts", " ", "istio-local-exclude-ports", "15020,15021,15090"),
        (f"{TRAFFIC}/excludeOutboundPorts", "25", "istio-local-outbound-ports-exclude", None),
        (f"{TRAFFIC}/includeOutboundPorts", "*", "istio-outbound-ports", None),
        (f"{TRAFFIC}/excludeInterfaces", "net1,net2", "istio-exclude-interfaces", None),
        (f"{TRAFFIC}/kubevirtInterfaces", "k6t-eth0", "kube-virt-interfaces", None),
        ("istio.io/reroute-virtual-interfaces", "br0", "kube-virt-interfaces", None),
    ],
)
def test_annotations_say_what_is_intercepted(annotation: str, value: str, flag: str, becomes: str | None) -> None:
    assert flags(pod(annotations={annotation: value}))[flag] == (value if becomes is None else becomes)


def test_the_newer_name_for_rerouted_interfaces_counts() -> None:
    both = {"istio.io/reroute-virtual-interfaces": "br0", f"{TRAFFIC}/kubevirtInterfaces": "k6t0"}
    assert flags(pod(annotations=both))["kube-virt-interfaces"] == "br0"


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        ("sidecar.istio.io/interceptionMode", "NONE"),
        (f"{TRAFFIC}/includeOutboundIPRanges", "10.0.0.1"),
        (f"{TRAFFIC}/excludeOutboundIPRanges", "*"),
        (f"{TRAFFIC}/excludeOutboundIPRanges", "10.0.0.0/8,"),
        (f"{TRAFFIC}/excludeInboundPorts", "http"),
        (f"{TRAFFIC}/excludeInboundPorts", "15020,"),
        (f"{TRAFFIC}/excludeOutboundPorts", "65536"),
        (f"{TRAFFIC}/excludeInterfaces", "eth0 -j ACCEPT"),
        (f"{TRAFFIC}/excludeInterfaces", "a23456789012345x"),
    ],
)
def test_what_the_plugin_refuses_is_refused(annotation: str, value: str) -> None:
    with pytest.raises(ValueError, match=annotation):
        interception.arguments(pod(annotations={annotation: value}))


@pytest.mark.parametrize(
    ("user", "flag"), [({"runAsUser": 2000}, "2000"), ({"runAsUser": 0}, "1337"), ({"runAsUser": None}, "1337")]
)
def test_the_proxy_itself_is_told_apart_by_its_user(user: dict[str, Any], flag: str) -> None:
    assert flags(pod(proxy={"securityContext": user}))["proxy-uid"] == flag


@pytest.mark.parametrize(
    ("name", "value", "switches"),
    [
        ("ISTIO_META_DNS_CAPTURE", "true", ["--redirect-dns", "--capture-all-dns"]),
        ("ISTIO_META_DNS_CAPTURE", "false", []),
        ("ISTIO_META_DNS_CAPTURE", "yes", []),
        ("ISTIO_DUAL_STACK", "1", ["--dual-stack"]),
        ("INVALID_DROP", "True", ["--drop-invalid"]),
    ],
)
def test_some_of_it_is_in_the_proxys_environment(name: str, value: str, switches: list[str]) -> None:
    asked = interception.arguments(pod(proxy={"env": [{"name": name, "value": value}]}))
    assert asked is not None
    assert [each for each in asked if "=" not in each] == switches


@pytest.mark.parametrize(
    "left_alone",
    [
        pytest.param(pod(annotations={"sidecar.istio.io/inject": "false"}), id="annotated"),
        pytest.param(pod(labels={"sidecar.istio.io/inject": "false"}), id="labelled"),
        pytest.param(pod(namespace="kube-system"), id="namespace that the chart excludes"),
        pytest.param(pod(proxy={"args": ["proxy", "router"]}), id="gateway"),
        pytest.param(pod(proxy={"env": [{"name": "DISABLE_ENVOY", "value": "true"}]}), id="no proxy in the sidecar"),
        pytest.param(
            {"metadata": {"annotations": {"sidecar.istio.io/status": "{}"}}, "spec": {"containers": []}},
            id="no sidecar",
        ),
        pytest.param({"metadata": {}, "spec": {"containers": [{"name": "istio-proxy"}]}}, id="not by the injector"),
        pytest.param(
            {**pod(), "spec": {"initContainers": [{"name": "istio-init"}], **pod()["spec"]}}, id="does it itself"
        ),
    ],
)
def test_the_plugin_leaves_alone(left_alone: dict[str, Any]) -> None:
    assert interception.arguments(left_alone) is None


def test_the_label_overrules_the_annotation() -> None:
    name = "sidecar.istio.io/inject"
    assert interception.arguments(pod(labels={name: "true"}, annotations={name: "false"})) is not None


@settings(max_examples=50)
@given(st.lists(st.integers(0, 65535)))
def test_the_proxys_own_ports_are_always_excluded_once(ports: list[int]) -> None:
    said = ",".join(map(str, ports))
    excluded = flags(pod(annotations={f"{TRAFFIC}/excludeInboundPorts": said}))["istio-local-exclude-ports"].split(",")
    assert len(excluded) == len(set(excluded))
    assert {*map(str, ports), "15020", "15021", "15090"} == set(excluded)
