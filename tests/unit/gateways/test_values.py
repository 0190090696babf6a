"""What a gateway is installed with, per size; whether the chart understands it is asked of the chart itself."""

import json

import pytest

from components import settings
from components.settings import names, versions
from tests.support.unit.gateway_plans import served
from tests.support.unit.releases import ALL, gateway


def test_a_gateway_is_one_name_everywhere() -> None:
    release = gateway()
    assert (release.name, release.namespace, release.chart) == ("gateway-public", "gateway-public", "gateway")
    assert (release.version, release.values["revision"]) == (versions.ISTIO, names.revision(versions.ISTIO))


def test_a_gateway_has_no_load_balancer_of_its_own_and_no_public_status_port() -> None:
    service = gateway(tls={"mode": "self-signed"}).values["service"]
    assert service["type"] == "ClusterIP"
    assert [port["port"] for port in service["ports"]] == [80, 443]


@ALL
def test_a_gateway_pod_serves_drains_and_is_gone_in_this_order(size: settings.Size) -> None:
    values = gateway(size).values
    pre_stop = values["lifecycle"]["preStop"]["sleep"]["seconds"]
    proxy = json.loads(values["podAnnotations"]["proxy.istio.io/config"])
    drain = int(proxy["terminationDrainDuration"].removesuffix("s"))
    assert pre_stop >= 130
    assert values["terminationGracePeriodSeconds"] >= pre_stop + drain + 10


@ALL
def test_an_upgrade_of_a_gateway_never_has_fewer_pods_than_before(size: settings.Size) -> None:
    assert gateway(size).values["strategy"]["rollingUpdate"] == {"maxSurge": "25%", "maxUnavailable": 0}


@pytest.mark.parametrize(("most", "seconds"), [(1, 540), (2, 780), (4, 1260), (5, 1020), (100, 1260)])
def test_patience_with_a_gateway_grows_with_the_waves_of_its_upgrade(most: int, seconds: int) -> None:
    assert gateway(replicas={"min": 1, "max": most}).timeout_seconds == seconds


@pytest.mark.parametrize(("least", "budget"), [(1, None), (2, 1), (3, 2), (9, 6)])
def test_the_budget_of_a_gateway_follows_its_replicas(least: int, budget: int | None) -> None:
    values = gateway(replicas={"min": least, "max": 20}).values
    assert values["autoscaling"]["minReplicas"] == least
    assert values["podDisruptionBudget"].get("minAvailable") == budget


def test_ports_below_1024_stay_allowed_in_the_replaced_security_context() -> None:
    sysctls = gateway().values["securityContext"]["sysctls"]
    assert sysctls == [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]


def test_a_gateway_behind_proxy_protocol_answers_health_checks_that_speak_it() -> None:
    assert gateway(clientIp="proxy-protocol").values["env"] == {"ENVOY_STATUS_PORT_ENABLE_PROXY_PROTOCOL": "true"}


def test_replicas_of_the_settings_win_over_the_size() -> None:
    scale = served("none").sizing.scale
    assert (scale.min_replicas, scale.max_replicas) == (3, 12)
    scale = served("none", replicas={"min": 2, "max": 4}).sizing.scale
    assert (scale.min_replicas, scale.max_replicas) == (2, 4)
