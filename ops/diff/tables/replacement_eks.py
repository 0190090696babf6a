"""Which changes replace what pulumi-eks makes: its inputs, by the property of the AWS resource that each becomes.

As ``local.providers.eks.provider`` passes them on, which names its source. Of inputs that do not stand here nothing is
known: the plugin makes something else of them. A resource that is given as a whole, such as the role, names no
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
    """The rule of the AWS resource, in the words of the component's inputs."""
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
