"""The eks stand-in refuses what the plugin refuses, and says what it cannot build."""

from importlib import metadata
from typing import Any

import pulumi
import pytest

from local.providers.eks import provider as eks
from local.providers.eks import refusals

CLUSTER: dict[str, Any] = {
    "authenticationMode": "API",
    "bootstrapSelfManagedAddons": False,
    "createInstanceRole": False,
    "createOidcProvider": False,
    "serviceRole": object(),
    "skipDefaultNodeGroup": True,
    "skipDefaultSecurityGroups": True,
    "useDefaultVpcCni": True,
    "corednsAddonOptions": {"enabled": False},
    "kubeProxyAddonOptions": {"enabled": False},
    "publicSubnetIds": ["subnet-1"],
    "privateSubnetIds": ["subnet-2"],
    "endpointPublicAccess": True,
    "publicAccessCidrs": ["198.18.0.0/24"],
}
NODES: dict[str, Any] = {
    "nodeRoleArn": "arn:aws:iam::210987654321:role/nodes",
    "subnetIds": ["subnet-2"],
    "scalingConfig": {"minSize": 1},
    "launchTemplate": {"id": "lt-1", "version": "1"},
}


def test_what_the_program_asks_for_is_built() -> None:
    refusals.cluster(CLUSTER, pulumi.ResourceOptions(providers={}))
    refusals.node_group(NODES)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"endpointPublicAccess": False}, "`publicAccessCidrs` can only be set"),
        ({"authenticationMode": "IAM"}, "Invalid value for authenticationMode"),
        ({"authenticationMode": None, "accessEntries": {"a": {}}}, "'accessEntries' property is not supported"),
        ({"roleMappings": [{}]}, "'roleMappings' property does not support"),
        ({"subnetIds": ["subnet-3"]}, "mutually exclusive"),
    ],
)
def test_clusters_that_the_plugin_refuses(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        refusals.cluster(CLUSTER | change, pulumi.ResourceOptions())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"nodeRoleArn": None}, "An IAM role, or role ARN must be provided"),
        ({"nodeRole": object()}, "both nodeRole and nodeRoleArn"),
        ({"amiId": "ami-1", "amiType": "AL2023_x86_64_STANDARD"}, "both amiId and amiType"),
        ({"enableIMDSv2": True}, "you cannot provide any of"),
    ],
)
def test_node_groups_that_the_plugin_refuses(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        refusals.node_group(NODES | change)


@pytest.mark.parametrize("key", ["bootstrapSelfManagedAddons", "createOidcProvider", "serviceRole", "useDefaultVpcCni"])
def test_what_it_cannot_build_it_says(key: str) -> None:
    with pytest.raises(NotImplementedError, match=key):
        refusals.cluster(CLUSTER | {key: None}, pulumi.ResourceOptions())


def test_its_kubeconfig_signs_in_as_whoever_uses_it() -> None:
    made = eks._kubeconfig("mesh", "https://api", "Q0E=", "arn:aws:eks:us-west-2:210987654321:cluster/mesh")
    assert made["users"][0]["user"]["exec"]["args"][:2] == ["--region", "us-west-2"]
    assert made["clusters"][0]["cluster"] == {"server": "https://api", "certificate-authority-data": "Q0E="}


def test_the_plugin_was_read_at_most_one_minor_ago() -> None:
    """Further apart, read the plugin's sources again before trusting its children and refusals."""
    installed, read = metadata.version("pulumi-eks").split("."), eks.READ_IN.split(".")
    assert installed[0] == read[0]
    assert int(installed[1]) - int(read[1]) <= 1
