"""The eks provider: a component that registers its children through the engine, so that they reach ``aws``.

Children as pulumi-eks 4.3 registers them, read in its nodejs/eks: only those whose outputs the program reads, or
which matter to the order of a destroy. Left out of a cluster: its own Kubernetes provider (nothing is made with it
under our arguments) and the wait for the API server. What the plugin refuses is refused here with its words.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pulumi
import pulumi_aws as aws
from pulumi.provider import ConstructResult

from local.providers.eks import refusals
from local.providers.protocol.base import StandIn

# The version whose sources the children and refusals were read from.
READ_IN = "4.3"

Registered = TypeVar("Registered", bound=pulumi.Resource)


class Eks(StandIn):
    """Clusters and managed node groups."""

    package = "eks"

    def construct(
        self, name: str, type_: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions
    ) -> ConstructResult:
        """Build one of the two components."""
        if type_ == "eks:index:Cluster":
            cluster = Cluster(name, inputs, options)
            return ConstructResult(urn=cluster.urn, state=cluster.state)
        if type_ == "eks:index:ManagedNodeGroup":
            group = ManagedNodeGroup(name, inputs, options)
            return ConstructResult(urn=group.urn, state={"nodeGroup": group.node_group})
        return super().construct(name, type_, inputs, options)


class Cluster(pulumi.ComponentResource):
    """A cluster; pulumi-eks 4.3 nodejs/eks/cluster/cluster.ts, createCluster and createCore.

    state: the outputs of the component.
    """

    state: dict[str, Any]

    def __init__(self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        refusals.cluster(args, opts)
        super().__init__("eks:index:Cluster", name, dict(args), opts)
        cluster = self._cluster(name, args)
        issuer = cluster.identities[0].oidcs[0].issuer
        kubeconfig = pulumi.Output.all(
            name=cluster.name, endpoint=cluster.endpoint, data=cluster.certificate_authority.data, arn=cluster.arn
        ).apply(lambda known: _kubeconfig(**known))
        self.state = {
            "eksCluster": cluster,
            "kubeconfig": kubeconfig,
            "kubeconfigJson": kubeconfig.apply(json.dumps),
            "clusterSecurityGroupId": cluster.vpc_config.cluster_security_group_id,
            "nodeSecurityGroupId": cluster.vpc_config.cluster_security_group_id,
            "oidcProviderArn": "",
            "oidcProviderUrl": issuer,
            "oidcIssuer": issuer.apply(lambda url: url.removeprefix("https://")),
            "clusterIngressRuleId": "",
            "defaultNodeGroupAsgName": "",
            "fargateProfileId": "",
            "fargateProfileStatus": "",
            "autoModeNodeRoleName": "",
            "instanceRoles": [],
        }
        self.register_outputs(self.state)

    def _cluster(self, name: str, args: Mapping[str, Any]) -> aws.eks.Cluster:
        key = args.get("encryptionConfigKeyArn")
        encryption = {"provider": {"keyArn": key}, "resources": ["secrets"]} if key is not None else None
        mode = args.get("authenticationMode")
        access = {"authenticationMode": mode, "bootstrapClusterCreatorAdminPermissions": True} if mode else None
        subnets = pulumi.Output.all(args.get("publicSubnetIds", []), args.get("privateSubnetIds", []))
        return _registered(
            aws.eks.Cluster,
            f"{name}-eksCluster",
            {
                "name": args.get("name"),
                "roleArn": args["serviceRole"].arn,
                "bootstrapSelfManagedAddons": args.get("bootstrapSelfManagedAddons", True),
                "vpcConfig": {
                    "subnetIds": subnets.apply(lambda both: [*both[0], *both[1]]),
                    "endpointPrivateAccess": args.get("endpointPrivateAccess"),
                    "endpointPublicAccess": args.get("endpointPublicAccess"),
                    "publicAccessCidrs": args.get("publicAccessCidrs"),
                },
                "version": args.get("version"),
                "enabledClusterLogTypes": args.get("enabledClusterLogTypes"),
                "tags": _merged({"Name": f"{name}-eksCluster"}, args.get("clusterTags"), args.get("tags")),
                "encryptionConfig": encryption,
                "accessConfig": access,
                "upgradePolicy": args.get("upgradePolicy"),
                "deletionProtection": args.get("deletionProtection"),
            },
            pulumi.ResourceOptions(
                parent=self,
                ignore_changes=["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"],
            ),
        )


class ManagedNodeGroup(pulumi.ComponentResource):
    """A node group; pulumi-eks 4.3 nodejs/eks/nodes/nodegroup.ts, createManagedNodeGroup."""

    node_group: aws.eks.NodeGroup

    def __init__(self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        refusals.node_group(args)
        super().__init__("eks:index:ManagedNodeGroup", name, {}, opts)
        passed = {key: value for key, value in args.items() if key not in ("cluster", "ignoreScalingChanges")}
        ignored = ["scalingConfig.desiredSize"] if args.get("ignoreScalingChanges") else None
        self.node_group = _registered(
            aws.eks.NodeGroup,
            name,
            passed | {"clusterName": args.get("clusterName") or args["cluster"].eks_cluster.name},
            pulumi.ResourceOptions(parent=self, ignore_changes=ignored),
        )
        self.register_outputs({"nodeGroup": self.node_group})


def _registered(
    resource: Callable[..., Registered], name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> Registered:
    """Return a typed resource from inputs as they came, in the engine's spelling."""
    return resource(name, opts=opts, **{_snake(key): value for key, value in inputs.items() if value is not None})


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def _merged(*maps: Any) -> pulumi.Output[dict[str, str]]:
    together: pulumi.Output[list[Any]] = pulumi.Output.all(*maps)
    return together.apply(lambda known: {key: value for each in known for key, value in (each or {}).items()})


def _kubeconfig(name: str, endpoint: str, data: str, arn: str) -> dict[str, Any]:
    """Return the kubeconfig of nodejs/eks/cluster/cluster.ts, generateKubeconfig; it contains no secret."""
    region = arn.split(":")[3]
    command = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"]
    version = "client.authentication.k8s.io/v1beta1"
    env = [{"name": "KUBERNETES_EXEC_INFO", "value": f'{{"apiVersion": "{version}"}}'}]
    return {
        "apiVersion": "v1",
        "clusters": [{"cluster": {"server": endpoint, "certificate-authority-data": data}, "name": "kubernetes"}],
        "contexts": [{"context": {"cluster": "kubernetes", "user": "aws"}, "name": "aws"}],
        "current-context": "aws",
        "kind": "Config",
        "users": [
            {"name": "aws", "user": {"exec": {"apiVersion": version, "command": "aws", "args": command, "env": env}}}
        ],
    }
