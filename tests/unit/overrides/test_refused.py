"""Every value of the seeds that is dead or breaks the mesh is refused where it stands."""

from dataclasses import dataclass
from typing import Any

import pytest

from components.overrides import search as escape_hatches
from components.overrides.refused import DEAD
from tests.support.unit.override_values import (
    ALLOWED,
    CONTROLLER,
    COREDNS,
    GATEWAY,
    ISTIOD,
    PROXY_METADATA,
    VPC_CNI,
    addon,
    controller,
    env,
    gateway,
    istiod,
)
from tests.support.unit.rule_case import settings


@dataclass(frozen=True)
class Dead:
    row: str
    changes: dict[str, Any]
    key: str
    says: str

    def __str__(self) -> str:
        return f"{self.row} at {self.key}"


NLB = "service.beta.kubernetes.io/aws-load-balancer-type"
TWO_LABELS = {"istio-injection": "enabled", "istio.io/rev": "stable"}
UPSTREAM = ".:53 {\n    kubernetes cluster.local {\n        pods insecure\n        upstream\n    }\n}\n"
TWICE = ".:53 {\n    kubernetes cluster.local\n}\nsvc.cluster.local:53 {\n    kubernetes svc.cluster.local\n}\n"

CASES = [
    Dead("env list", istiod(pilot={"env": [{"name": "A", "value": "1"}]}), f"{ISTIOD}.pilot.env", "is a list"),
    Dead("env list", addon("vpc-cni", env=[{"name": "A", "value": "1"}]), f"{VPC_CNI}.env", "is a list"),
    Dead("PILOT_CACHE_SQUASH", env("PILOT_CACHE_SQUASH", "5"), f"{ISTIOD}.env.PILOT_CACHE_SQUASH", "read by nothing"),
    Dead(
        "PILOT_CACHE_SQUASH",
        istiod(pilot={"env": {"PILOT_CACHE_SQUASH": "5"}}),
        f"{ISTIOD}.pilot.env.PILOT_CACHE_SQUASH",
        "read by nothing",
    ),
    Dead(
        "PILOT_WEBHOOK_CACHE_SIZE",
        env("PILOT_WEBHOOK_CACHE_SIZE", "100"),
        f"{ISTIOD}.env.PILOT_WEBHOOK_CACHE_SIZE",
        "never existed",
    ),
    Dead("AUTO_RELOAD_PLUGIN_CERTS", env("AUTO_RELOAD_PLUGIN_CERTS"), f"{ISTIOD}.env.AUTO_RELOAD_PLUGIN_CERTS", "1.20"),
    Dead("PILOT_DEBOUNCE_MAX", env("PILOT_DEBOUNCE_MAX", "500ms"), f"{ISTIOD}.env.PILOT_DEBOUNCE_MAX", "below"),
    Dead("ISTIO_MULTIROOT_MESH", env("ISTIO_MULTIROOT_MESH", "false"), f"{ISTIOD}.env.ISTIO_MULTIROOT_MESH", "is off"),
    Dead(
        "PILOT_SCOPE_GATEWAY_TO_NAMESPACE",
        env("PILOT_SCOPE_GATEWAY_TO_NAMESPACE", False),
        f"{ISTIOD}.env.PILOT_SCOPE_GATEWAY_TO_NAMESPACE",
        "is off",
    ),
    Dead(
        "MAX_WORKLOAD_CERT_TTL",
        env("MAX_WORKLOAD_CERT_TTL", "2160h"),
        f"{ISTIOD}.env.MAX_WORKLOAD_CERT_TTL",
        "count on 24 h",
    ),
    Dead(
        "DEFAULT_WORKLOAD_CERT_TTL",
        env("DEFAULT_WORKLOAD_CERT_TTL", "48h"),
        f"{ISTIOD}.env.DEFAULT_WORKLOAD_CERT_TTL",
        "count on 24 h",
    ),
    Dead(
        "SECRET_TTL",
        istiod(meshConfig={"defaultConfig": {"proxyMetadata": {"SECRET_TTL": "24h1s"}}}),
        f"{ISTIOD}.{PROXY_METADATA}.SECRET_TTL",
        "no proxy would start",
    ),
    Dead(
        "USE_CACERTS_FOR_SELF_SIGNED_CA",
        env("USE_CACERTS_FOR_SELF_SIGNED_CA"),
        f"{ISTIOD}.env.USE_CACERTS_FOR_SELF_SIGNED_CA",
        "a CA of its own",
    ),
    Dead("ENABLE_CA_SERVER", env("ENABLE_CA_SERVER", False), f"{ISTIOD}.env.ENABLE_CA_SERVER", "sign for nobody"),
    Dead("EXTERNAL_CA", env("EXTERNAL_CA", "ISTIOD_RA_KUBERNETES_API"), f"{ISTIOD}.env.EXTERNAL_CA", "cacerts"),
    Dead(
        "keepaliveMaxServerConnectionAge",
        istiod(keepaliveMaxServerConnectionAge="30m1s"),
        f"{ISTIOD}.keepaliveMaxServerConnectionAge",
        "30m or less",
    ),
    Dead(
        "keepaliveMaxServerConnectionAge",
        istiod(pilot={"keepaliveMaxServerConnectionAge": None}),
        f"{ISTIOD}.pilot.keepaliveMaxServerConnectionAge",
        "30m or less",
    ),
    Dead(
        "keepaliveMaxServerConnectionAge as an argument",
        istiod(extraContainerArgs=["--keepaliveMaxServerConnectionAge=24h"]),
        f"{ISTIOD}.extraContainerArgs",
        "a root rotation waits an hour",
    ),
    Dead(
        "PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS",
        env("PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS", "false"),
        f"{ISTIOD}.env.PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS",
        "no app pod would start",
    ),
    Dead(
        "ENABLE_CUSTOM_NETWORKING",
        addon("vpc-cni", env={"ENABLE_CUSTOM_NETWORKING": "true"}),
        f"{VPC_CNI}.env.ENABLE_CUSTOM_NETWORKING",
        "never existed in the VPC CNI",
    ),
    Dead(
        "vpc-cni env text",
        addon("vpc-cni", env={"WARM_PREFIX_TARGET": 2}),
        f"{VPC_CNI}.env.WARM_PREFIX_TARGET",
        "takes strings",
    ),
    Dead(
        "istiod CPU limit",
        istiod(resources={"limits": {"cpu": "1000m"}}),
        f"{ISTIOD}.resources.limits.cpu",
        "sets GOMAXPROCS",
    ),
    Dead(
        "istiod CPU limit",
        istiod(pilot={"resources": {"limits": {"cpu": 1}}}),
        f"{ISTIOD}.pilot.resources.limits.cpu",
        "sets GOMAXPROCS",
    ),
    Dead(
        "sharding", istiod(pilot={"sharding": {"strategy": "isolation"}}), f"{ISTIOD}.pilot.sharding", "never existed"
    ),
    Dead(
        "global.proxy.securityContext",
        istiod(**{"global": {"proxy": {"securityContext": {"runAsUser": 1}}}}),
        f"{ISTIOD}.global.proxy.securityContext",
        "read by nothing",
    ),
    Dead("gateways.enabled", istiod(gateways={"enabled": False}), f"{ISTIOD}.gateways.enabled", "read by no chart"),
    Dead("istio_cni.enabled", istiod(istio_cni={"enabled": True}), f"{ISTIOD}.istio_cni.enabled", "legacy key"),
    Dead("cni.enabled", istiod(cni={"enabled": False}), f"{ISTIOD}.cni.enabled", "NET_ADMIN"),
    Dead("global.platform", istiod(**{"global": {"platform": "eks"}}), f"{ISTIOD}.global.platform", "unknown to"),
    Dead("platform", istiod(platform="eks"), f"{ISTIOD}.platform", "unknown to"),
    Dead("revisionTags", istiod(revisionTags=["prod"]), f"{ISTIOD}.revisionTags", "two releases would fight"),
    Dead("revision", gateway(revision="canary"), f"{GATEWAY}.revision", "follows mesh.version"),
    Dead(
        "defaultRevision",
        {"mesh": {"values": {"base": {"defaultRevision": "stable"}}}},
        "mesh.values.base.defaultRevision",
        "validation is silently off",
    ),
    Dead(
        "discoverySelectors",
        istiod(meshConfig={"discoverySelectors": None}),
        f"{ISTIOD}.meshConfig.discoverySelectors",
        "istio-discovery",
    ),
    Dead(
        "meshConfig.trustDomain",
        istiod(meshConfig={"trustDomain": "other.local"}),
        f"{ISTIOD}.meshConfig.trustDomain",
        "mesh.trustDomain",
    ),
    Dead(
        "terminationDrainDuration",
        istiod(meshConfig={"defaultConfig": {"terminationDrainDuration": "30s"}}),
        f"{ISTIOD}.meshConfig.defaultConfig.terminationDrainDuration",
        "does nothing",
    ),
    Dead(
        "PROXY_CONFIG_XDS_AGENT",
        istiod(meshConfig={"defaultConfig": {"proxyMetadata": {"PROXY_CONFIG_XDS_AGENT": "false"}}}),
        f"{ISTIOD}.{PROXY_METADATA}.PROXY_CONFIG_XDS_AGENT",
        "without an outage",
    ),
    Dead(
        "excludeIPRanges",
        istiod(**{"global": {"proxy": {"excludeIPRanges": "10.0.0.0/8"}}}),
        f"{ISTIOD}.global.proxy.excludeIPRanges",
        "Pod Identity",
    ),
    Dead(
        "istioNamespace",
        istiod(**{"global": {"istioNamespace": "mesh"}}),
        f"{ISTIOD}.global.istioNamespace",
        "istio-system",
    ),
    Dead("taint.enabled", istiod(taint={"enabled": False}), f"{ISTIOD}.taint.enabled", "no app pod would start"),
    Dead("chained", {"mesh": {"values": {"cni": {"chained": False}}}}, "mesh.values.cni.chained", "no address"),
    Dead("service.type", gateway(service={"type": "LoadBalancer"}), f"{GATEWAY}.service.type", "order another one"),
    Dead(
        "aws-load-balancer-type",
        gateway(service={"annotations": {NLB: "nlb"}}),
        f'{GATEWAY}.service.annotations["{NLB}"]',
        "nothing reads the annotation",
    ),
    Dead("service.ports", gateway(service={"ports": []}), f"{GATEWAY}.service.ports", "listeners"),
    Dead("securityContext", gateway(securityContext={"runAsUser": 1}), f"{GATEWAY}.securityContext", "sysctl"),
    Dead(
        "containerSecurityContext",
        gateway(containerSecurityContext={"privileged": True}),
        f"{GATEWAY}.containerSecurityContext",
        "drops every capability",
    ),
    Dead(
        "proxy.istio.io/config",
        gateway(podAnnotations={"proxy.istio.io/config": "{}"}),
        f'{GATEWAY}.podAnnotations["proxy.istio.io/config"]',
        "replace them all",
    ),
    Dead("labels.istio", gateway(labels={"istio": "x"}), f"{GATEWAY}.labels.istio", "selects its pods"),
    Dead("gateway name", gateway(name="x"), f"{GATEWAY}.name", "bindings name the Service"),
    Dead(
        "terminationGracePeriodSeconds",
        gateway(terminationGracePeriodSeconds=30),
        f"{GATEWAY}.terminationGracePeriodSeconds",
        "the kubelet would kill",
    ),
    Dead("preStop", gateway(lifecycle={"preStop": {"sleep": {"seconds": 5}}}), f"{GATEWAY}.lifecycle.preStop", "serve"),
    Dead("corefile upstream", addon("coredns", corefile=UPSTREAM), f"{COREDNS}.corefile", "CoreDNS 1.7 removed"),
    Dead("corefile kubernetes twice", addon("coredns", corefile=TWICE), f"{COREDNS}.corefile", "two server blocks"),
    Dead("replicaCount beside autoScaling", addon("coredns", replicaCount=3), COREDNS, "one of the two"),
    Dead(
        "enableServiceMutatorWebhook",
        controller(enableServiceMutatorWebhook=True),
        f"{CONTROLLER}.enableServiceMutatorWebhook",
        "no Service of the cluster could be created",
    ),
    Dead(
        "controller account",
        controller(serviceAccount={"name": "x"}),
        f"{CONTROLLER}.serviceAccount.name",
        "one account by name",
    ),
    Dead("istiod replicaCount 0", istiod(replicaCount=0), f"{ISTIOD}.replicaCount", "no pod"),
    Dead("istiod autoscaleMin 0", istiod(pilot={"autoscaleMin": 0}), f"{ISTIOD}.pilot.autoscaleMin", "no pod"),
    Dead("gateway replicaCount 0", gateway(replicaCount="0"), f"{GATEWAY}.replicaCount", "no client"),
    Dead(
        "gateway autoscaling 0",
        gateway(autoscaling={"minReplicas": 0}),
        f"{GATEWAY}.autoscaling.minReplicas",
        "no client",
    ),
    Dead("coredns replicaCount 0", addon("coredns", replicaCount=0), f"{COREDNS}.replicaCount", "no name"),
    Dead(
        "coredns autoScaling 0",
        addon("coredns", autoScaling={"minReplicas": 0}),
        f"{COREDNS}.autoScaling.minReplicas",
        "no name",
    ),
    Dead("controller replicaCount 0", controller(replicaCount=0), f"{CONTROLLER}.replicaCount", "no gateway pod"),
    Dead("retired host", istiod(hub="gcr.io/istio-release"), f"{ISTIOD}.hub", "retired host"),
    Dead(
        "retired host",
        gateway(imagePullSecrets=["registry.istio.io/release"]),
        f"{GATEWAY}.imagePullSecrets[0]",
        "retired host",
    ),
    Dead("IstioOperator", istiod(kind="IstioOperator"), f"{ISTIOD}.kind", "removed in Istio 1.24"),
    Dead("both injection labels", gateway(labels=TWO_LABELS), f"{GATEWAY}.labels", "the first wins"),
    Dead(
        "inject annotation",
        gateway(podAnnotations={"sidecar.istio.io/inject": "false"}),
        f'{GATEWAY}.podAnnotations["sidecar.istio.io/inject"]',
        "is an annotation",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_is_refused(case: Dead) -> None:
    row = next(row for row in DEAD if row.name == case.row)
    (problem,) = escape_hatches.find(settings(case.changes), (row,))
    assert problem.key == case.key
    assert case.says in problem.reason
    assert problem.reason.endswith(".")
    assert problem.remedy.endswith(".")


@pytest.mark.parametrize("changes", ALLOWED)
def test_its_right_neighbour_is_allowed(changes: dict[str, Any]) -> None:
    assert list(escape_hatches.find(settings(changes), DEAD)) == []


def test_every_row_has_a_case() -> None:
    assert {row.name for row in DEAD} == {case.row for case in CASES}


def test_rows_have_names_of_their_own() -> None:
    assert len({row.name for row in DEAD}) == len(DEAD)


def test_every_escape_hatch_is_searched() -> None:
    everywhere: dict[str, Any] = {
        "mesh": {"values": {chart: {"x": "gcr.io/istio-release"} for chart in ("base", "cni", "istiod")}},
        "gateways": {"public": {"values": {"x": "gcr.io/istio-release"}}},
        "cluster": {
            "addons": {"metrics-server": {"configuration": {"x": "gcr.io/istio-release"}}},
            "loadBalancerController": {"values": {"x": "gcr.io/istio-release"}},
        },
    }
    assert [problem.key for problem in escape_hatches.find(settings(everywhere), DEAD)] == [
        "mesh.values.base.x",
        "mesh.values.cni.x",
        "mesh.values.istiod.x",
        "gateways.public.values.x",
        "cluster.addons.metrics-server.configuration.x",
        "cluster.loadBalancerController.values.x",
    ]
