"""The names that pods know Services by."""

from pathlib import Path
from typing import Any

import pytest

from local.node.hosts import Hosts


def service(name: str, namespace: str, address: str | None) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {} if address is None else {"clusterIP": address},
    }


def known(hosts: Hosts, namespace: str) -> dict[str, str]:
    lines = [line.split() for line in (hosts.of(namespace) / "hosts").read_text().splitlines()]
    return {name: address for address, *names in lines for name in names if "localhost" not in name}


@pytest.fixture
def hosts(tmp_path: Path) -> Hosts:
    made = Hosts(tmp_path)
    made.of("shop")
    made.changed("ADDED", service("cart", "shop", "10.96.0.7"))
    made.changed("ADDED", service("istiod", "istio-system", "10.96.0.8"))
    return made


def test_a_service_has_every_form_of_its_name_in_every_namespace(hosts: Hosts) -> None:
    for namespace in ("shop", "other"):
        names = known(hosts, namespace)
        assert {names[f"cart.shop{rest}"] for rest in ("", ".svc", ".svc.cluster.local")} == {"10.96.0.7"}


def test_the_short_name_is_for_its_own_namespace(hosts: Hosts) -> None:
    assert known(hosts, "shop")["cart"] == "10.96.0.7"
    assert "istiod" not in known(hosts, "shop")
    assert "cart" not in known(hosts, "other")


@pytest.mark.parametrize("address", [None, "", "None"])
def test_no_address_no_name(hosts: Hosts, address: str | None) -> None:
    hosts.changed("ADDED", service("headless", "shop", address))
    assert not [name for name in known(hosts, "shop") if name.startswith("headless")]


def test_names_follow_their_services(hosts: Hosts) -> None:
    hosts.changed("MODIFIED", service("cart", "shop", "10.96.0.9"))
    assert known(hosts, "shop")["cart"] == "10.96.0.9"
    hosts.changed("DELETED", service("cart", "shop", "10.96.0.9"))
    assert not [name for name in known(hosts, "shop") if name.startswith("cart")]


def test_names_outside_of_the_cluster_come_and_go(hosts: Hosts) -> None:
    hosts.outside("example.com", "203.0.113.9")
    assert known(hosts, "shop")["example.com"] == known(hosts, "later")["example.com"] == "203.0.113.9"
    hosts.outside("example.com", None)
    assert "example.com" not in known(hosts, "shop")


def test_the_file_is_replaced_and_never_half_written(hosts: Hosts) -> None:
    file = hosts.of("shop") / "hosts"
    before = file.open()
    hosts.changed("ADDED", service("late", "shop", "10.96.0.10"))
    with before:
        assert "late" not in before.read()
    assert "late" in file.read_text()
    assert [each.name for each in file.parent.iterdir()] == ["hosts"]
