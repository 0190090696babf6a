"""The mesh that the benchmark makes, and the markers by which it finds what it wrote."""

import pytest

from benchmarks.scale import layout as layouts
from benchmarks.scale import markers
from components.settings import names


def test_markers_are_found_where_they_stand() -> None:
    made = markers.Markers()
    word, address = made.word(), made.address()
    assert list(markers.found(f"7{word}8 {word} 2{address}9".encode())) == [word.encode()] * 2 + [address.encode()]
    assert not list(markers.found(b"outbound|80||web 10.128.0.1"))


def test_markers_never_repeat() -> None:
    first, second = markers.Markers(), markers.Markers()
    assert first.word() != second.word()
    addresses = [first.address() for _ in range(20_000)]
    assert len({*addresses}) == len(addresses)
    assert {len(each) for each in addresses} == {15}
    assert all(64 <= int(each.split(".")[1]) < 128 for each in addresses)


def test_four_of_five_namespaces_are_inside_the_mesh() -> None:
    layout = layouts.layout(1000, 100)
    assert (layout.namespaces, layout.meshed_namespaces, layout.visible) == (50, 40, 20)
    every = [each["metadata"] for each in layouts.all_namespaces(layout)]
    labelled = {each["name"] for each in every if names.DISCOVERY_KEY in each.get("labels", {})}
    assert labelled == {*layouts.inside(layout), names.ISTIO_SYSTEM, names.gateway_workload(layouts.GATEWAY)}


@pytest.mark.parametrize(("services", "proxies"), [(0, 1), (40, 1), (70, 1), (100, 0)])
def test_uneven_meshes_are_refused(services: int, proxies: int) -> None:
    with pytest.raises(layouts.UnevenError):
        layouts.layout(services, proxies)


def test_no_two_endpoints_and_proxies_share_an_address() -> None:
    layout = layouts.layout(3000, 500)
    slices = [each for each in layouts.services(layout) if each["kind"] == "EndpointSlice"]
    addresses = [address for each in slices for one in each["endpoints"] for address in one["addresses"]]
    everybody = [*addresses, *(each.address for each in layouts.proxies(layout, {}))]
    assert len({*everybody}) == len(everybody) == 3000 * 2 + 500 + 1


def test_proxies_live_in_the_mesh_in_turn() -> None:
    layout = layouts.layout(200, 20)
    *sidecars, router = layouts.proxies(layout, {})
    counted = [sum(each.namespace == namespace for each in sidecars) for namespace in layouts.inside(layout)]
    assert set(counted) == {2, 3}
    assert router.labels["istio"] == router.namespace == "gateway-public"


def test_every_route_of_the_gateway_leads_to_another_service() -> None:
    gateway, *routed = layouts.gateway(layouts.layout(100, 1))
    hosts = gateway["spec"]["servers"][0]["hosts"]
    assert [f"{each['metadata']['namespace']}/{each['spec']['hosts'][0]}" for each in routed] == hosts
    targets = [each["spec"]["http"][0]["route"][0]["destination"]["host"] for each in routed]
    assert len({*targets}) == layouts.GATEWAY_ROUTES
