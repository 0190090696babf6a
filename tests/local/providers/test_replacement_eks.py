"""The table of what pulumi-eks passes on, against the stand-in that passes it on."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from local.providers.eks import provider as eks
from ops.diff import resources
from ops.diff.tables import replacement_eks
from tests.local.providers.test_provider_eks import CLUSTER, NODES
from tests.support.unit import harness
from tests.support.unit.recorded import Stack

# Another value of each input, of the same kind.
CLUSTERS: dict[str, Any] = {
    "clusterTags": {"a": "b"},
    "deletionProtection": True,
    "enabledClusterLogTypes": ["api"],
    "encryptionConfigKeyArn": "arn:b",
    "endpointPrivateAccess": True,
    "endpointPublicAccess": None,
    "name": "b",
    "privateSubnetIds": ["subnet-9"],
    "publicAccessCidrs": ["198.18.1.0/24"],
    "publicSubnetIds": ["subnet-9"],
    "tags": {"a": "b"},
    "upgradePolicy": {"supportType": "STANDARD"},
    "version": "1.36",
}
GROUPS: dict[str, Any] = {
    "amiType": "AL2023_ARM_64_STANDARD",
    "capacityType": "SPOT",
    "instanceTypes": ["m6i.large"],
    "labels": {"a": "b"},
    "launchTemplate": {"id": "lt-2", "version": "1"},
    "nodeRoleArn": "arn:aws:iam::210987654321:role/other",
    "scalingConfig": {"minSize": 2},
    "subnetIds": ["subnet-9"],
    "tags": {"a": "b"},
    "taints": [{"key": "a", "effect": "NO_SCHEDULE"}],
    "version": "1.36",
}


def made(type_: str, inputs: Mapping[str, Any]) -> Stack:
    """The component's children, as the stand-in registers them."""
    key = {"encryptionConfigKeyArn": "arn:a"}

    def program() -> None:
        if type_ == "eks:index:Cluster":
            role = aws.iam.Role("role", assume_role_policy="{}")
            eks.Cluster("c", {**CLUSTER, **key, **inputs, "serviceRole": role}, pulumi.ResourceOptions())
        else:
            eks.ManagedNodeGroup("g", {**NODES, "clusterName": "c", **inputs}, pulumi.ResourceOptions())

    return harness.component(program)


def changed(type_: str, child: str, inputs: Mapping[str, Any]) -> set[str]:
    """Paths of the child that differ, without indices."""
    sides = [next(iter(made(type_, each).of_type(child))).inputs for each in ({}, inputs)]
    return {each.path.partition("[")[0] for each in resources.properties(*sides)}


@pytest.mark.parametrize(
    ("type_", "child", "table", "others"),
    [
        ("eks:index:Cluster", "aws:eks/cluster:Cluster", replacement_eks.CLUSTER, CLUSTERS),
        ("eks:index:ManagedNodeGroup", "aws:eks/nodeGroup:NodeGroup", replacement_eks.NODE_GROUP, GROUPS),
    ],
)
def test_each_input_becomes_the_property_that_the_table_names(
    type_: str, child: str, table: Mapping[str, str], others: Mapping[str, Any]
) -> None:
    assert others.keys() == table.keys()
    for name, other in others.items():
        found = changed(type_, child, {name: other})
        assert found, name
        assert all(f"{each}.".startswith(f"{table[name]}.") for each in found), (name, found)


def test_its_rules_are_those_of_what_is_passed_on() -> None:
    rules = replacement_eks.RULES
    assert set(rules["eks:index:Cluster"].replaces) == {"name", "encryptionConfigKeyArn"}
    assert "launchTemplate.id" in rules["eks:index:ManagedNodeGroup"].replaces
    assert "subnetIds" in rules["eks:index:ManagedNodeGroup"].replaces
    assert not {"labels", "version", "scalingConfig"} & set(rules["eks:index:ManagedNodeGroup"].replaces)
