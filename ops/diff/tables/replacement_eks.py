"""Changes that replace resources of pulumi-eks: its inputs, with the property of the AWS resource that each becomes.

``local.providers.eks.provider`` passes them on in the same way and names its source. Inputs that are not listed are
unknown: the plugin derives something else from them. An input that is a whole resource, such as the role, has no
property.
"""

from collections.abc import Iterator, Mapping

from ops.diff.tables.replacement import Rule
from ops.diff.tables.replacement_aws import RULES as AWS

CLUSTER: Mapping[str, str] = {
    "clusterTags": "tags",
    "deletionProtection": "deletionProtection",
    "enabledClusterLogTypes": "enabledClusterLogTypes",
    "encryptionConfigKeyArn": "encryptionConfig.provider.keyArn",
    "endpointPrivateAccess": "vpcConfig.endpointPrivateAccess",
    "endpointPublicAccess": "vpcConfig.endpointPublicAccess",
    "name": "name",
    "privateSubnetIds": "vpcConfig.subnetIds",
    "publicAccessCidrs": "vpcConfig.publicAccessCidrs",
    "publicSubnetIds": "vpcConfig.subnetIds",
    "tags": "tags",
    "upgradePolicy": "upgradePolicy",
    "version": "version",
}
NODE_GROUP: Mapping[str, str] = {
    name: name
    for name in (
        "amiType",
        "capacityType",
        "instanceTypes",
        "labels",
        "launchTemplate",
        "nodeRoleArn",
        "scalingConfig",
        "subnetIds",
        "tags",
        "taints",
        "version",
    )
}


def _through(type_: str, passed: Mapping[str, str]) -> Rule:
    """Return the rule of the AWS resource, with the names of the component's inputs."""
    behind = AWS[type_]
    replaces = (each for path in behind.replaces for each in _renamed(path, passed))
    return Rule(replaces=tuple(replaces), only=tuple(passed), source=f"pulumi-eks passes on to {behind.source}")


def _renamed(path: str, passed: Mapping[str, str]) -> Iterator[str]:
    for name, becomes in passed.items():
        if f"{path}.".startswith(f"{becomes}."):
            yield name + path.removeprefix(becomes)
        elif becomes.startswith(f"{path}."):
            yield name


RULES: Mapping[str, Rule] = {
    "eks:index:Cluster": _through("aws:eks/cluster:Cluster", CLUSTER),
    "eks:index:ManagedNodeGroup": _through("aws:eks/nodeGroup:NodeGroup", NODE_GROUP),
}
