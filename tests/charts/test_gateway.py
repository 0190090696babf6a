"""A gateway's pods as the chart builds them, against the load balancer that sends them traffic."""

import json
from typing import Any

import pytest

from components.gateways import load_balancer
from components.settings import names
from tests.support.charts import pods
from tests.support.charts.deployed import Deployed
from tests.support.charts.releases import Manifest

# What a pod may need beyond its own steps, in seconds.
SPARE = 10


def container(cluster: Deployed) -> Manifest:
    (found,) = cluster.gateway.pod["spec"]["containers"]
    proxy: Manifest = found
    return proxy


def proxy_config(cluster: Deployed) -> dict[str, Any]:
    annotations = cluster.gateway.pod["metadata"]["annotations"]
    found: dict[str, Any] = json.loads(annotations[names.PROXY_CONFIG_ANNOTATION])
    return found


def target_groups(cluster: Deployed) -> list[dict[str, Any]]:
    found = [each.inputs for each in cluster.stack.of_type("aws:lb/targetGroup:TargetGroup")]
    assert found
    return found


def service_ports(cluster: Deployed) -> dict[str, int]:
    """Target ports by name."""
    return {each["name"]: each["targetPort"] for each in cluster.gateway.one("Service")["spec"]["ports"]}


def test_a_gateway_is_one_name_everywhere(cluster: Deployed) -> None:
    name = cluster.gateway.release.name
    for kind in ("Deployment", "Service", "ServiceAccount", "HorizontalPodAutoscaler"):
        assert (
            cluster.gateway.one(kind)["metadata"] | {"name": name, "namespace": name}
            == (cluster.gateway.one(kind)["metadata"])
        )
    assert cluster.gateway.pod["spec"]["serviceAccountName"] == name
    (contract,) = cluster.stack.outputs["gateways"].values()
    assert contract["principal"] == f"{cluster.stack.outputs['trustDomain']}/ns/{name}/sa/{name}"


def test_the_service_is_no_load_balancer_of_its_own(cluster: Deployed) -> None:
    service = cluster.gateway.one("Service")
    assert service["spec"]["type"] == "ClusterIP"
    assert pods.selected({"matchLabels": service["spec"]["selector"]}, cluster.gateway.pod["metadata"]["labels"])


def test_every_binding_names_a_port_of_the_service_that_its_target_group_sends_to(cluster: Deployed) -> None:
    bindings = cluster.made("TargetGroupBinding")
    ports = service_ports(cluster)
    bound = {ports[each["spec"]["serviceRef"]["port"]] for each in bindings}
    assert bound == {each["port"] for each in target_groups(cluster)} == set(ports.values())
    assert {each["spec"]["serviceRef"]["name"] for each in bindings} == {cluster.gateway.release.name}


def test_the_istio_gateway_selects_these_pods_and_serves_these_ports(cluster: Deployed) -> None:
    (gateway,) = cluster.made("Gateway")
    assert pods.selected({"matchLabels": gateway["spec"]["selector"]}, cluster.gateway.pod["metadata"]["labels"])
    assert gateway["metadata"]["namespace"] == cluster.gateway.release.namespace
    assert {each["port"]["number"] for each in gateway["spec"]["servers"]} == set(service_ports(cluster).values())


def test_the_network_policy_lets_the_load_balancer_in(cluster: Deployed) -> None:
    policy = cluster.gateway.one("NetworkPolicy")["spec"]
    assert pods.selected(policy["podSelector"], cluster.gateway.pod["metadata"]["labels"])
    open_ports = {port["port"] for rule in policy["ingress"] if "from" not in rule for port in rule["ports"]}
    for group in target_groups(cluster):
        assert {group["port"], int(group["healthCheck"]["port"])} <= open_ports


def test_a_pod_that_ends_serves_on_drains_and_is_not_killed(cluster: Deployed) -> None:
    pre_stop = container(cluster)["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = int(proxy_config(cluster)["terminationDrainDuration"].removesuffix("s"))
    grace = cluster.gateway.pod["spec"]["terminationGracePeriodSeconds"]
    assert pre_stop >= 130
    assert grace >= pre_stop + drain + SPARE
    for group in target_groups(cluster):
        assert group["deregistrationDelay"] <= pre_stop
        assert group["connectionTermination"] is False


def test_the_proxy_gives_up_idle_connections_before_the_load_balancer_does(cluster: Deployed) -> None:
    idle = int(proxy_config(cluster)["connectionSettings"]["httpIdleTimeout"].removesuffix("s"))
    for listener in cluster.stack.of_type("aws:lb/listener:Listener"):
        assert idle < listener.inputs.get("tcpIdleTimeoutSeconds", load_balancer.TLS_IDLE_SECONDS)


def test_the_proxy_takes_the_clients_address_as_the_load_balancer_gives_it(cluster: Deployed) -> None:
    """Also on the status port: the header comes with every connection, health checks included."""
    for group in target_groups(cluster):
        header = group["proxyProtocolV2"]
        assert ("proxyProtocol" in proxy_config(cluster)["gatewayTopology"]) == header
        environment = pods.environment(container(cluster))
        assert (environment.get("ENVOY_STATUS_PORT_ENABLE_PROXY_PROTOCOL") == "true") == header


def test_a_variant_speaks_proxy_protocol(every: dict[str, Deployed]) -> None:
    assert {each["proxyProtocolV2"] for each in target_groups(every["canary"])} == {True}


@pytest.mark.parametrize(
    ("size", "least", "most"), [("small", 1, 2), ("medium", 3, 12), ("large", 6, 24), ("xlarge", 9, 36)]
)
def test_each_size_has_its_number_of_pods(every: dict[str, Deployed], size: str, least: int, most: int) -> None:
    spec = every[size].gateway.one("HorizontalPodAutoscaler")["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (least, most)
    assert spec["scaleTargetRef"]["name"] == every[size].gateway.release.name
    assert "replicas" not in every[size].gateway.one("Deployment")["spec"]


def test_a_drain_leaves_two_thirds_and_a_single_pod_can_always_go(cluster: Deployed) -> None:
    least = cluster.gateway.one("HorizontalPodAutoscaler")["spec"]["minReplicas"]
    budgets = [each["spec"] for each in cluster.gateway.all("PodDisruptionBudget")]
    if least == 1:
        assert not budgets
        return
    (budget,) = budgets
    assert budget["minAvailable"] == least * 2 // 3
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert pods.selected(budget["selector"], cluster.gateway.pod["metadata"]["labels"])


def test_an_upgrade_adds_pods_before_it_takes_any(cluster: Deployed) -> None:
    spec = cluster.gateway.one("Deployment")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": "25%", "maxUnavailable": 0}
    assert spec["minReadySeconds"] == 10


def test_low_ports_are_open_to_a_process_without_privileges(cluster: Deployed) -> None:
    assert {"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"} in (
        cluster.gateway.pod["spec"]["securityContext"]["sysctls"]
    )
    assert container(cluster)["securityContext"]["runAsNonRoot"] is True
