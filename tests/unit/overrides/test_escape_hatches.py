"""What no single row shows: nulls, lists, wildcards, several values at once, whole maps, every escape hatch."""

from typing import Any

import pytest

from components.overrides import search
from components.overrides.refused import REFUSED
from tests.support.unit.rule_case import settings


def istiod(**values: Any) -> dict[str, Any]:
    return {"mesh": {"values": {"istiod": values}}}


def gateway(**values: Any) -> dict[str, Any]:
    return {"gateways": {"public": {"values": values}}}


def addon(name: str, **configuration: Any) -> dict[str, Any]:
    return {"cluster": {"addons": {name: {"configuration": configuration}}}}


def controller(**values: Any) -> dict[str, Any]:
    return {"cluster": {"loadBalancerController": {"values": values}}}


CHARTS = ("base", "cni", "istiod")
ISTIOD = "mesh.values.istiod"
GATEWAY = "gateways.public.values"
COREDNS = "cluster.addons.coredns.configuration"
VPC_CNI = "cluster.addons.vpc-cni.configuration"
CONTROLLER = "cluster.loadBalancerController.values"
PROXY_METADATA = "meshConfig.defaultConfig.proxyMetadata"
NLB_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
TWO_LABELS = {"istio-injection": "enabled", "istio.io/rev": "stable"}

NOT_EVEN_NULL = [
    (gateway(service={"type": None}), f"{GATEWAY}.service.type"),
    (gateway(terminationGracePeriodSeconds=None), f"{GATEWAY}.terminationGracePeriodSeconds"),
    (istiod(keepaliveMaxServerConnectionAge=None), f"{ISTIOD}.keepaliveMaxServerConnectionAge"),
    (istiod(**{"global": {"proxy": {"excludeIPRanges": None}}}), f"{ISTIOD}.global.proxy.excludeIPRanges"),
    (istiod(**{"global": {"istioNamespace": None}}), f"{ISTIOD}.global.istioNamespace"),
    (istiod(taint={"enabled": None}), f"{ISTIOD}.taint.enabled"),
    (controller(enableServiceMutatorWebhook=None), f"{CONTROLLER}.enableServiceMutatorWebhook"),
    (controller(serviceAccount={"name": None}), f"{CONTROLLER}.serviceAccount.name"),
]

# What is written, and every place where something is refused.
REFUSALS = [
    (gateway(terminationGracePeriodSeconds="600"), [f"{GATEWAY}.terminationGracePeriodSeconds"]),
    (istiod(keepaliveMaxServerConnectionAge="never"), [f"{ISTIOD}.keepaliveMaxServerConnectionAge"]),
    (gateway(service={"annotations": {NLB_SCHEME: "x"}}), [f'{GATEWAY}.service.annotations["{NLB_SCHEME}"]']),
    (
        gateway(annotations={"sidecar.istio.io/inject": "false"}),
        [f'{GATEWAY}.annotations["sidecar.istio.io/inject"]'],
    ),
    (gateway(initContainers=[{"labels": TWO_LABELS}]), [f"{GATEWAY}.initContainers[0].labels"]),
    (
        gateway(imagePullSecrets=["docker.io", "registry.istio.io/release", "istio-release.storage.googleapis.com"]),
        [f"{GATEWAY}.imagePullSecrets[1]", f"{GATEWAY}.imagePullSecrets[2]"],
    ),
    (
        istiod(env={"EXTERNAL_CA": "x", "ENABLE_CA_SERVER": False}, pilot={"sharding": {}}),
        [f"{ISTIOD}.env.EXTERNAL_CA", f"{ISTIOD}.env.ENABLE_CA_SERVER", f"{ISTIOD}.pilot.sharding"],
    ),
    (gateway(revision="x", chained=False, defaultRevision="x"), [f"{GATEWAY}.revision"]),
    (
        {"mesh": {"values": {chart: {"revision": "x", "chained": False, "defaultRevision": "x"} for chart in CHARTS}}},
        [
            "mesh.values.base.revision",
            "mesh.values.base.defaultRevision",
            "mesh.values.cni.revision",
            "mesh.values.cni.chained",
            "mesh.values.istiod.revision",
            "mesh.values.istiod.defaultRevision",
        ],
    ),
    # Two rows: the list, and what in it is not text.
    (addon("vpc-cni", env=[{"name": "A", "value": "1"}]), [f"{VPC_CNI}.env", f"{VPC_CNI}.env[0]"]),
    (addon("coredns", replicaCount=0), [COREDNS, f"{COREDNS}.replicaCount"]),
]

NO_MAPS = [
    (istiod(cni=None), f"{ISTIOD}.cni", "is null"),
    (istiod(taint=None), f"{ISTIOD}.taint", "is null"),
    (istiod(meshConfig=None), f"{ISTIOD}.meshConfig", "is null"),
    (istiod(meshConfig="x"), f"{ISTIOD}.meshConfig", "is not a map"),
    (istiod(meshConfig={"defaultConfig": {"proxyMetadata": None}}), f"{ISTIOD}.{PROXY_METADATA}", "is null"),
    (istiod(env=None), f"{ISTIOD}.env", "is null"),
    (istiod(env=3), f"{ISTIOD}.env", "is not a map"),
    (istiod(**{"global": None}), f"{ISTIOD}.global", "is null"),
    (istiod(**{"global": [1]}), f"{ISTIOD}.global", "is not a map"),
    (istiod(**{"global": {"proxy": {"resources": None}}}), f"{ISTIOD}.global.proxy.resources", "is null"),
    (istiod(pilot={"cni": None}), f"{ISTIOD}.pilot.cni", "is null"),
    (istiod(pilot="x"), f"{ISTIOD}.pilot", "is not a map"),
    (istiod(nodeSelector=None), f"{ISTIOD}.nodeSelector", "is null"),
    ({"mesh": {"values": {"base": {"global": [1]}}}}, "mesh.values.base.global", "is not a map"),
    ({"mesh": {"values": {"cni": {"cni": {"resources": None}}}}}, "mesh.values.cni.cni.resources", "is null"),
    (gateway(service=None), f"{GATEWAY}.service", "is null"),
    (gateway(lifecycle=None), f"{GATEWAY}.lifecycle", "is null"),
    (gateway(podAnnotations=None), f"{GATEWAY}.podAnnotations", "is null"),
    (gateway(labels=None), f"{GATEWAY}.labels", "is null"),
    (gateway(resources={"limits": None}), f"{GATEWAY}.resources.limits", "is null"),
    (gateway(strategy={"rollingUpdate": 1}), f"{GATEWAY}.strategy.rollingUpdate", "is not a map"),
    (addon("vpc-cni", env=None), f"{VPC_CNI}.env", "is null"),
    (addon("coredns", resources="x"), f"{COREDNS}.resources", "is not a map"),
    (addon("metrics-server", nodeSelector=None), "cluster.addons.metrics-server.configuration.nodeSelector", "is null"),
    (
        addon("aws-ebs-csi-driver", controller=None),
        "cluster.addons.aws-ebs-csi-driver.configuration.controller",
        "is null",
    ),
    (controller(serviceAccount=None), f"{CONTROLLER}.serviceAccount", "is null"),
]

NULLS_OF_ONE_KEY = [
    gateway(resources={"limits": {"cpu": None}}),
    gateway(tolerations=None, priorityClassName=None),
    istiod(resources={"limits": {"cpu": None}}, seccompProfile={"type": "Unconfined"}, pdb=None),
    istiod(affinity=None, somethingElse=[1], pilot={}),
    istiod(other={"annotations": None}),
    gateway(podDisruptionBudget=None),
    addon("kube-proxy", mode=None),
]


ALLOWED = [
    istiod(resources={"limits": {"cpu": None}, "requests": {"cpu": "1"}}),
    istiod(env={"PILOT_DEBOUNCE_AFTER": "100ms", "PILOT_PUSH_THROTTLE": "50", "PILOT_DEBOUNCE_MAX": None}),
    istiod(keepaliveMaxServerConnectionAge="10m", revisionTags=None),
    gateway(terminationGracePeriodSeconds=600, labels={"team": "a"}, podAnnotations={"team": "a"}),
    # One label in each of two maps.
    gateway(labels={"istio.io/rev": "stable"}, podLabels={"istio-injection": "enabled"}),
    addon("coredns", chained=False, env={"EXTERNAL_CA": "x"}, revision="canary"),
]


@pytest.mark.parametrize(("changes", "key"), NOT_EVEN_NULL, ids=[key for _, key in NOT_EVEN_NULL])
def test_null_is_refused_where_it_would_remove_what_the_mesh_needs(changes: dict[str, Any], key: str) -> None:
    (problem,) = search.find(settings(changes), REFUSED)
    assert (problem.key, problem.value) == (key, None)


@pytest.mark.parametrize(("changes", "keys"), REFUSALS, ids=[" ".join(keys) for _, keys in REFUSALS])
def test_each_is_refused_where_it_stands(changes: dict[str, Any], keys: list[str]) -> None:
    assert [problem.key for problem in search.find(settings(changes), REFUSED)] == keys


@pytest.mark.parametrize("changes", ALLOWED)
def test_what_no_row_is_about_is_allowed(changes: dict[str, Any]) -> None:
    assert list(search.find(settings(changes), REFUSED)) == []


@pytest.mark.parametrize(("changes", "key", "says"), NO_MAPS, ids=[f"{key} {says}" for _, key, says in NO_MAPS])
def test_a_map_that_we_fill_or_guard_stays_a_map(changes: dict[str, Any], key: str, says: str) -> None:
    (problem,) = search.replaced(settings(changes), REFUSED)
    assert problem.key == key
    assert problem.reason.startswith(says)
    assert "Write a map" in problem.remedy


@pytest.mark.parametrize("changes", [*NULLS_OF_ONE_KEY, *ALLOWED])
def test_null_removes_one_key(changes: dict[str, Any]) -> None:
    assert list(search.replaced(settings(changes), REFUSED)) == []


def test_what_is_told_by_a_row_is_told_once() -> None:
    changes = istiod(env=[{"name": "A", "value": "1"}])
    assert list(search.replaced(settings(changes), REFUSED)) == []
    assert [problem.key for problem in search.find(settings(changes), REFUSED)] == [f"{ISTIOD}.env"]


def test_every_escape_hatch_is_searched() -> None:
    everywhere: dict[str, Any] = {
        "mesh": {"values": {chart: {"x": "gcr.io/istio-release"} for chart in CHARTS}},
        "gateways": {"public": {"values": {"x": "gcr.io/istio-release"}}},
        "cluster": {
            "addons": {"metrics-server": {"configuration": {"x": "gcr.io/istio-release"}}},
            "loadBalancerController": {"values": {"x": "gcr.io/istio-release"}},
        },
    }
    assert [problem.key for problem in search.find(settings(everywhere), REFUSED)] == [
        "mesh.values.base.x",
        "mesh.values.cni.x",
        "mesh.values.istiod.x",
        "gateways.public.values.x",
        "cluster.addons.metrics-server.configuration.x",
        "cluster.loadBalancerController.values.x",
    ]
