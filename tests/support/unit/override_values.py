"""Settings with one escape hatch, and those that every rule about escape hatches lets pass."""

from typing import Any


def istiod(**values: Any) -> dict[str, Any]:
    return {"mesh": {"values": {"istiod": values}}}


def env(name: str, value: Any = "true") -> dict[str, Any]:
    return istiod(env={name: value})


def gateway(**values: Any) -> dict[str, Any]:
    return {"gateways": {"public": {"values": values}}}


def addon(name: str, **configuration: Any) -> dict[str, Any]:
    return {"cluster": {"addons": {name: {"configuration": configuration}}}}


def controller(**values: Any) -> dict[str, Any]:
    return {"cluster": {"loadBalancerController": {"values": values}}}


ISTIOD = "mesh.values.istiod"
GATEWAY = "gateways.public.values"
COREDNS = "cluster.addons.coredns.configuration"
VPC_CNI = "cluster.addons.vpc-cni.configuration"
CONTROLLER = "cluster.loadBalancerController.values"
PROXY_METADATA = "meshConfig.defaultConfig.proxyMetadata"

ALLOWED = [
    istiod(resources={"limits": {"cpu": None}, "requests": {"cpu": "1"}}),
    istiod(
        env={
            "PILOT_DEBOUNCE_MAX": "1s",
            "PILOT_DEBOUNCE_AFTER": "100ms",
            "PILOT_PUSH_THROTTLE": "50",
            "ISTIO_MULTIROOT_MESH": "true",
        }
    ),
    istiod(meshConfig={"defaultConfig": {"proxyMetadata": {"SECRET_TTL": "1h"}}}),
    istiod(keepaliveMaxServerConnectionAge="10m", extraContainerArgs=["--log_caller=ca"]),
    istiod(env={"ENABLE_CA_SERVER": "true"}),
    istiod(cni={"enabled": True}, revisionTags=[], taint={"enabled": True}),
    istiod(**{"global": {"proxy": {"excludeIPRanges": "169.254.170.23/32,10.0.0.0/8"}, "platform": "openshift"}}),
    gateway(service={"type": "ClusterIP"}, terminationGracePeriodSeconds=600, labels={"team": "a"}),
    addon("coredns", corefile=".:53 {\n  kubernetes cluster.local\n}\nexample.org {\n  forward . 10.0.0.2\n}\n"),
    addon("coredns", replicaCount=3, autoScaling={"enabled": False}),
    addon("vpc-cni", env={"WARM_PREFIX_TARGET": "2"}),
    controller(enableServiceMutatorWebhook=False, serviceAccount={"name": "aws-load-balancer-controller"}),
]
