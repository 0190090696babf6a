"""EKS add-ons and the top level of their configuration, as AWS knows them.

Names and keys as AWS's documentation shows them (October 2026) and, where it shows none, as they are remembered: only
``aws eks describe-addon-configuration`` knows for certain. Its schemas say ``additionalProperties: false``, so that an
unknown key is an error of the API. Below the top level nothing is known here.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from local.providers.aws.session import refuse

REFUSED = "ConfigurationValue provided in request is not supported"
VERSION = re.compile(r"v\d+\.\d+\.\d+-eksbuild\.\d+")

_PODS = frozenset({"affinity", "nodeSelector", "podAnnotations", "podLabels", "resources", "tolerations"})
CATALOGUE: dict[str, frozenset[str]] = {
    "vpc-cni": frozenset({"enableNetworkPolicy", "eniConfig", "env", "init", "nodeAgent"}) | _PODS,
    "kube-proxy": frozenset({"ipvs", "mode"}) | _PODS,
    "coredns": frozenset(
        {"autoScaling", "computeType", "corefile", "podDisruptionBudget", "replicaCount", "topologySpreadConstraints"}
    )
    | _PODS,
    "eks-pod-identity-agent": frozenset({"agent"}) | _PODS,
    "metrics-server": frozenset(
        {"addonResizer", "args", "podDisruptionBudget", "replicas", "topologySpreadConstraints"}
    )
    | _PODS,
    "aws-ebs-csi-driver": frozenset({"controller", "defaultStorageClass", "node", "sidecars"}),
}
# They run on nodes and are active only when their replicas are; the others run on whatever nodes there are.
NEED_NODES = frozenset({"coredns", "metrics-server", "aws-ebs-csi-driver"})
# What CoreDNS tolerates when the configuration says nothing (coredns add-on manifest).
DEFAULT_TOLERATIONS: dict[str, list[dict[str, Any]]] = {
    "coredns": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
    "aws-ebs-csi-driver": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
}


def check(operation: str, name: str, version: str | None, configuration: str | None, kubernetes: str) -> None:
    """Refuse an unknown add-on, an unknown version, and configuration that the add-on has no schema for."""
    if name not in CATALOGUE:
        text = f"Addon {name} specified is not supported in {kubernetes} kubernetes version"
        refuse(operation, "InvalidParameterException", text)
    if version is not None and not VERSION.fullmatch(version):
        refuse(operation, "InvalidParameterException", f"Addon version specified is not supported: {version}")
    if configuration:
        _check_configuration(operation, name, configuration)


def _check_configuration(operation: str, name: str, configuration: str) -> None:
    try:
        values = json.loads(configuration)
    except json.JSONDecodeError as fault:
        refuse(operation, "InvalidParameterException", f"{REFUSED}: not JSON: {fault}")
    unknown = sorted(values.keys() - CATALOGUE[name])
    if name == "coredns" and {"autoScaling", "replicaCount"} <= values.keys() and values["autoScaling"].get("enabled"):
        refuse(operation, "InvalidParameterException", "autoScaling and replicaCount cannot be set together")
    if unknown:
        found = ", ".join(
            f"$.{key}: is not defined in the schema and the schema does not allow additional properties"
            for key in unknown
        )
        text = f"{REFUSED}: Json schema validation failed with error: [{found}]"
        refuse(operation, "InvalidParameterException", text)


def runs_on(name: str, configuration: str | None, groups: list[dict[str, Any]]) -> bool:
    """Check whether the add-on's pods find a node group that they select and whose taints they tolerate."""
    values = json.loads(configuration or "{}")
    pods = values.get("controller", {}) if name == "aws-ebs-csi-driver" else values
    selector = pods.get("nodeSelector", {})
    tolerations = pods.get("tolerations", DEFAULT_TOLERATIONS.get(name, []))
    return any(
        selector.items() <= group.get("labels", {}).items() and not any(_untolerated(group, tolerations))
        for group in groups
    )


def _untolerated(group: dict[str, Any], tolerations: list[dict[str, Any]]) -> Iterator[bool]:
    for taint in group.get("taints", []):
        if taint["effect"] != "PREFER_NO_SCHEDULE":
            yield not any(_tolerates(toleration, taint) for toleration in tolerations)


def _tolerates(toleration: dict[str, Any], taint: dict[str, Any]) -> bool:
    effect = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute"}[taint["effect"]]
    if toleration.get("effect", effect) != effect or toleration.get("key", taint["key"]) != taint["key"]:
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")
