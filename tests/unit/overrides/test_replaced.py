"""A map that we fill or guard stays a map; null removes one key."""

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
    gateway,
    istiod,
)
from tests.support.unit.rule_case import settings

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


@pytest.mark.parametrize(("changes", "key", "says"), NO_MAPS, ids=[f"{key} {says}" for _, key, says in NO_MAPS])
def test_a_map_that_we_fill_or_guard_stays_a_map(changes: dict[str, Any], key: str, says: str) -> None:
    (problem,) = escape_hatches.replaced(settings(changes), DEAD)
    assert problem.key == key
    assert problem.reason.startswith(says)
    assert "Write a map" in problem.remedy


@pytest.mark.parametrize("changes", [*NULLS_OF_ONE_KEY, *ALLOWED])
def test_null_removes_one_key(changes: dict[str, Any]) -> None:
    assert list(escape_hatches.replaced(settings(changes), DEAD)) == []


def test_what_is_told_by_a_row_is_told_once() -> None:
    changes = istiod(env=[{"name": "A", "value": "1"}])
    assert list(escape_hatches.replaced(settings(changes), DEAD)) == []
    assert [problem.key for problem in escape_hatches.find(settings(changes), DEAD)] == [f"{ISTIOD}.env"]
