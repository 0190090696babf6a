"""istiod as the chart builds it: names, webhooks, scale, environment, certificates."""

import datetime
from typing import Any

import pytest

from components import trust
from components.overrides.refused.conditions import milliseconds
from components.overrides.refused.istio import STREAM_AGE, STREAM_AGE_MS
from components.settings import names
from tests.support.charts import pods
from tests.support.charts.deployed import Deployed
from tests.support.charts.releases import Manifest, Rendered

WEBHOOK_PORT, XDS_PORT = 15017, 15012


def revision(istiod: Rendered) -> str:
    return names.revision(istiod.release.version)


def named(istiod: Rendered) -> str:
    return f"istiod-{revision(istiod)}"


def discovery(istiod: Rendered) -> Manifest:
    (container,) = istiod.pod["spec"]["containers"]
    found: Manifest = container
    return found


def scale(istiod: Rendered) -> tuple[int, int]:
    """Least and most pods."""
    if not istiod.all("HorizontalPodAutoscaler"):
        replicas = istiod.one("Deployment")["spec"]["replicas"]
        return replicas, replicas
    spec = istiod.one("HorizontalPodAutoscaler")["spec"]
    assert "replicas" not in istiod.one("Deployment")["spec"], "the autoscaler would be set back by every update"
    return spec["minReplicas"], spec["maxReplicas"]


def test_everything_carries_the_revision(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        kinds = ("Deployment", "Service", "ConfigMap", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
        for manifest in [each for kind in kinds for each in istiod.all(kind)]:
            assert manifest["metadata"]["labels"][names.REVISION_LABEL] == revision(istiod), manifest["metadata"][
                "name"
            ]
        assert istiod.pod["metadata"]["labels"][names.REVISION_LABEL] == revision(istiod)
        assert pods.environment(discovery(istiod))["REVISION"] == revision(istiod)


def test_the_injector_and_the_validator_are_asked_on_the_port_where_istiod_answers(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        service = istiod.one("Service", named(istiod))
        (port,) = [each for each in service["spec"]["ports"] if each["port"] == 443]
        assert port["targetPort"] == WEBHOOK_PORT
        assert WEBHOOK_PORT in {each["containerPort"] for each in discovery(istiod)["ports"]}
        assert pods.selected({"matchLabels": service["spec"]["selector"]}, istiod.pod["metadata"]["labels"])
        for webhook in webhooks(istiod):
            asked = webhook["clientConfig"]["service"]
            assert (asked["name"], asked["namespace"]) == (named(istiod), names.ISTIO_SYSTEM)
            assert asked.get("port", 443) == 443


def webhooks(istiod: Rendered) -> list[dict[str, Any]]:
    configurations = [*istiod.all("MutatingWebhookConfiguration"), *istiod.all("ValidatingWebhookConfiguration")]
    return [webhook for each in configurations for webhook in each["webhooks"]]


def test_webhooks_have_the_names_that_istiod_looks_for(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        assert istiod.one("MutatingWebhookConfiguration")["metadata"]["name"] == (
            f"istio-sidecar-injector-{revision(istiod)}"
        )
        assert istiod.one("ValidatingWebhookConfiguration")["metadata"]["name"] == (
            f"istio-validator-{revision(istiod)}-{names.ISTIO_SYSTEM}"
        )
        assert {each["name"] for each in istiod.one("MutatingWebhookConfiguration")["webhooks"]} == {
            "rev.namespace.sidecar-injector.istio.io",
            "rev.object.sidecar-injector.istio.io",
        }


def test_the_network_policy_lets_the_api_server_and_proxies_in(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        policy = istiod.one("NetworkPolicy")["spec"]
        assert pods.selected(policy["podSelector"], istiod.pod["metadata"]["labels"])
        assert {WEBHOOK_PORT, XDS_PORT} <= {port["port"] for rule in policy["ingress"] for port in rule["ports"]}
        assert all("from" not in rule for rule in policy["ingress"])


@pytest.mark.parametrize(
    ("size", "least", "most"), [("small", 1, 1), ("medium", 3, 6), ("large", 3, 8), ("xlarge", 3, 15)]
)
def test_each_size_has_its_number_of_pods(every: dict[str, Deployed], size: str, least: int, most: int) -> None:
    assert scale(every[size].istiods[0]) == (least, most)


def test_the_autoscaler_scales_the_deployment(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        for autoscaler in istiod.all("HorizontalPodAutoscaler"):
            target = autoscaler["spec"]["scaleTargetRef"]
            assert (target["kind"], target["name"]) == ("Deployment", named(istiod))
            assert autoscaler["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] >= 300


def test_a_large_fleet_is_scaled_earlier_and_back_later(every: dict[str, Deployed]) -> None:
    spec = every["xlarge"].istiods[0].one("HorizontalPodAutoscaler")["spec"]
    (metric,) = spec["metrics"]
    assert metric["resource"]["target"] == {"type": "Utilization", "averageUtilization": 60}
    assert spec["behavior"] == {"scaleDown": {"stabilizationWindowSeconds": 900}}


def test_a_drain_leaves_two_thirds_and_a_single_pod_can_always_go(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        least, _ = scale(istiod)
        budgets = [each["spec"] for each in istiod.all("PodDisruptionBudget")]
        if least == 1:
            # The chart's own budget, minAvailable 1, would hold every drain up.
            assert not budgets
            continue
        (budget,) = budgets
        assert budget["minAvailable"] == 2 < least
        assert "maxUnavailable" not in budget
        assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        assert pods.selected(budget["selector"], istiod.pod["metadata"]["labels"])


def test_an_upgrade_adds_one_pod_at_a_time(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        assert istiod.one("Deployment")["spec"]["strategy"]["rollingUpdate"]["maxSurge"] == 1


def test_the_environment_holds_what_the_design_relies_on(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        environment = pods.environment(discovery(istiod))
        assert environment["ISTIO_MULTIROOT_MESH"] == "true"
        assert environment["PILOT_SCOPE_GATEWAY_TO_NAMESPACE"] == "true"
        assert environment["PILOT_CERT_PROVIDER"] == "istiod"
        assert (environment["PILOT_DEBOUNCE_AFTER"], environment["PILOT_DEBOUNCE_MAX"]) == ("50ms", "1000ms")


@pytest.mark.parametrize("size", ["small", "medium", "large", "xlarge"])
def test_gateways_learn_only_what_they_route_to_in_large_meshes(every: dict[str, Deployed], size: str) -> None:
    environment = pods.environment(discovery(every[size].istiods[0]))
    assert (environment.get("PILOT_FILTER_GATEWAY_CLUSTER_CONFIG") == "true") == (size in ("large", "xlarge"))


def test_the_untaint_controller_knows_taint_and_namespace_and_may_change_nodes(cluster: Deployed) -> None:
    (taint,) = cluster.stack.one("eks:index:ManagedNodeGroup", "cluster-nodes-apps").inputs["taints"]
    for istiod in cluster.istiods:
        environment = pods.environment(discovery(istiod))
        assert environment["PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS"] == "true"
        assert environment["PILOT_NODE_UNTAINT_CONTROLLERS_TAINT_NAME"] == taint["key"]
        assert f"--cniNamespace={cluster.cni.release.namespace}" in discovery(istiod)["args"]
        allowed = {
            verb
            for role in istiod.all("ClusterRole")
            for rule in role["rules"]
            if "nodes" in rule.get("resources", [])
            for verb in rule["verbs"]
        }
        assert allowed & {"patch", "update"}


def test_our_certificates_are_mounted_where_istiod_reads_them(cluster: Deployed) -> None:
    (secret,) = [each for each in cluster.made("Secret") if each["metadata"]["name"] == names.CA_SECRET]
    for istiod in cluster.istiods:
        assert secret["metadata"]["namespace"] == istiod.release.namespace
        volumes = {each["name"]: each for each in istiod.pod["spec"]["volumes"]}
        mounts = {each["mountPath"]: each["name"] for each in discovery(istiod)["volumeMounts"]}
        assert volumes[mounts["/etc/cacerts"]]["secret"]["secretName"] == secret["metadata"]["name"]


def test_streams_of_proxies_are_as_short_as_the_waits_of_a_rotation_count_on(cluster: Deployed) -> None:
    """``components.trust.PROPAGATION``: twice the age, and nobody is left out."""
    for istiod in cluster.istiods:
        args = discovery(istiod)["args"]
        age = milliseconds(args[args.index(f"--{STREAM_AGE}") + 1])
        assert age == STREAM_AGE_MS
        assert 2 * datetime.timedelta(milliseconds=age) <= trust.PROPAGATION


def test_logs_are_json(cluster: Deployed) -> None:
    for rendered in [*cluster.istiods, cluster.cni]:
        (container,) = rendered.pod["spec"]["containers"]
        assert "--log_as_json" in container["args"]


def test_a_canary_has_objects_of_its_own_beside_the_stable_one(every: dict[str, Deployed]) -> None:
    assert {named(each) for each in every["canary"].istiods} == {"istiod-1-31-1", "istiod-1-31-0"}
