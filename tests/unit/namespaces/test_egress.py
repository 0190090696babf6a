"""What a namespace calls beyond the default scope."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from components.istio import policy
from components.namespaces import egress
from tests.support.unit.namespace_settings import namespace


def objects(*calls: str, api: bool = False) -> list[dict[str, Any]]:
    return list(egress.objects(namespace(name="shop", calls=calls, kubernetesApi=api)))


def test_without_calls_the_default_scope_stays() -> None:
    assert objects() == []


def test_a_call_inside_adds_to_the_default_scope() -> None:
    [sidecar] = objects("web/cart", "stock/*", "web/cart")
    assert sidecar["metadata"] == {"name": "default", "namespace": "shop"}
    [listener] = sidecar["spec"]["egress"]
    assert listener["hosts"] == [*policy.SCOPE, "web/cart.web.svc.cluster.local", "stock/*"]


@pytest.mark.parametrize(("port", "protocol"), [(80, "HTTP"), (443, "TLS"), (5432, "TCP")])
def test_a_call_outside_is_known_to_this_namespace_only(port: int, protocol: str) -> None:
    [entry] = objects(f"api.example.org:{port}")
    assert entry["spec"] == {
        "hosts": ["api.example.org"],
        "ports": [{"number": port, "name": f"{protocol.lower()}-{port}", "protocol": protocol}],
        "resolution": "DNS",
        "location": "MESH_EXTERNAL",
        "exportTo": ["."],
    }


def test_one_entry_a_host_with_all_its_ports() -> None:
    [entry] = objects("api.example.org:443", "api.example.org:80", "api.example.org:443")
    assert [port["number"] for port in entry["spec"]["ports"]] == [80, 443]


def test_a_wildcard_goes_where_the_workload_meant_to() -> None:
    [entry] = objects("*.example.org:443")
    assert entry["spec"]["resolution"] == "NONE"
    assert entry["metadata"]["name"] == "hosts-example.org"


def test_the_kubernetes_api_is_recognised_by_either_address_and_reached_by_name() -> None:
    entries = objects(api=True)
    assert [entry["spec"]["addresses"] for entry in entries] == [["172.20.0.1"], ["10.100.0.1"]]
    assert len({entry["spec"]["hosts"][0] for entry in entries}) == 2
    for entry in entries:
        assert entry["spec"]["endpoints"] == [{"address": "kubernetes.default.svc.cluster.local"}]
        assert entry["spec"]["ports"] == [{"number": 443, "name": "tcp-443", "protocol": "TCP"}]


@limits(max_examples=50)
@given(
    calls=st.lists(
        st.tuples(st.sampled_from(["a.example.org", "*.a.example.org", "s-a.example.org"]), st.integers(1, 65535))
    ),
    api=st.booleans(),
)
def test_no_two_objects_share_a_name_and_no_two_entries_a_host(calls: list[tuple[str, int]], api: bool) -> None:
    entries = objects(*(f"{host}:{port}" for host, port in calls), api=api)
    assert len({entry["metadata"]["name"] for entry in entries}) == len(entries)
    assert len({entry["spec"]["hosts"][0] for entry in entries}) == len(entries)
