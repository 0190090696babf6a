"""The eks provider: a component that registers its children through the engine, so that they reach ``aws``.

Children as pulumi-eks 4.3.0 registers them, read in its nodejs/eks: only those whose outputs the program reads, or
which matter to the order of a destroy. Left out of a cluster: its own Kubernetes provider (nothing is made with it
under our arguments) and the wait for the API server. What the plugin refuses is refused here with its words.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi.provider import ConstructResult

from local.providers.base import StandIn

# The CA of oidc.eks.<region>.amazonaws.com, fetched by the plugin over HTTPS; IAM no longer checks it.
THUMBPRINT = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"
MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
TEMPLATE_CONFLICTS = (
    "bootstrapExtraArgs",
    "bottlerocketSettings",
    "kubeletExtraArgs",
    "nodeadmExtraOptions",
    "enableIMDSv2",
    "userData",
    "amiId",
    "enableEfaSupport",
)


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


class ServiceRole(pulumi.ComponentResource):
    """A role of an AWS service with managed policies; pulumi-eks 4.3.0 nodejs/eks/servicerole.ts."""

    role: aws.iam.Role
    attachments: list[pulumi.Resource]

    def __init__(self, name: str, policies: Sequence[str], tags: Any, opts: pulumi.ResourceOptions) -> None:
        super().__init__("eks:index:ServiceRole", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.role = aws.iam.Role(
            f"{name}-role",
            description="Allows EKS to manage clusters on your behalf.",
            assume_role_policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Action": ["sts:AssumeRole", "sts:TagSession"],
                            "Effect": "Allow",
                            "Principal": {"Service": ["eks.amazonaws.com"]},
                        }
                    ],
                }
            ),
            tags=tags,
            opts=child,
        )
        self.attachments = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{hashlib.sha1(policy.encode()).hexdigest()[:8]}",
                policy_arn=policy,
                role=self.role.name,
                opts=child,
            )
            for policy in policies
        ]
        self.register_outputs({"role": self.role})


class Cluster(pulumi.ComponentResource):
    """A cluster; pulumi-eks 4.3.0 nodejs/eks/cluster/cluster.ts, createCluster and createCore.

    state: the outputs of the component.
    """

    state: dict[str, Any]

    def __init__(self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        _check_cluster(args, opts)
        super().__init__("eks:index:Cluster", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        role = ServiceRole(
            f"{name}-eksRole", ["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"], args.get("tags"), child
        )
        cluster = self._cluster(name, args, role)
        self._access_entries(name, cluster, args.get("accessEntries") or {})
        issuer = cluster.identities[0].oidcs[0].issuer
        provider_arn = self._oidc_provider(name, issuer).arn if args.get("createOidcProvider") else ""
        kubeconfig = pulumi.Output.all(
            name=cluster.name, endpoint=cluster.endpoint, data=cluster.certificate_authority.data, arn=cluster.arn
        ).apply(lambda known: _kubeconfig(**known))
        self.state = {
            "eksCluster": cluster,
            "kubeconfig": kubeconfig,
            "kubeconfigJson": kubeconfig.apply(json.dumps),
            "clusterSecurityGroupId": cluster.vpc_config.cluster_security_group_id,
            "nodeSecurityGroupId": cluster.vpc_config.cluster_security_group_id,
            "oidcProviderArn": provider_arn,
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

    def _cluster(self, name: str, args: Mapping[str, Any], role: ServiceRole) -> aws.eks.Cluster:
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
                "roleArn": role.role.arn,
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
                depends_on=role.attachments,
                ignore_changes=["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"],
            ),
        )

    def _access_entries(self, name: str, cluster: aws.eks.Cluster, entries: Mapping[str, Any]) -> None:
        """nodejs/eks/cluster/authenticationMode.ts, createAccessEntries."""
        for key, entry in entries.items():
            made = aws.eks.AccessEntry(
                f"{name}-{key}",
                cluster_name=cluster.name,
                principal_arn=entry["principalArn"],
                kubernetes_groups=entry.get("kubernetesGroups"),
                type=entry.get("type"),
                user_name=entry.get("username"),
                tags=entry.get("tags"),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[cluster]),
            )
            for policy, association in (entry.get("accessPolicies") or {}).items():
                _registered(
                    aws.eks.AccessPolicyAssociation,
                    f"{name}-{key}-{policy}",
                    {
                        "accessScope": association["accessScope"],
                        "principalArn": entry["principalArn"],
                        "policyArn": association["policyArn"],
                        "clusterName": cluster.name,
                    },
                    pulumi.ResourceOptions(parent=made, depends_on=[made]),
                )

    def _oidc_provider(self, name: str, issuer: pulumi.Output[str]) -> aws.iam.OpenIdConnectProvider:
        return aws.iam.OpenIdConnectProvider(
            f"{name}-oidcProvider",
            client_id_lists=["sts.amazonaws.com"],
            url=issuer,
            thumbprint_lists=[THUMBPRINT],
            opts=pulumi.ResourceOptions(parent=self),
        )


class ManagedNodeGroup(pulumi.ComponentResource):
    """A node group; pulumi-eks 4.3.0 nodejs/eks/nodes/nodegroup.ts, createManagedNodeGroup."""

    node_group: aws.eks.NodeGroup

    def __init__(self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        _check_node_group(args)
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


def _check_cluster(args: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
    """What createCluster, createCore and validateAuthenticationMode throw for."""
    if _explicit_aws_provider(opts) and not args.get("providerCredentialOpts"):
        raise ValueError(
            "It looks like you're using an explicit AWS provider. "
            "Please specify this provider in providerCredentialOpts."
        )
    mode = args.get("authenticationMode")
    if mode is not None and mode not in MODES:
        raise ValueError(f"Invalid value for authenticationMode: {mode}. Allowed values are: {', '.join(MODES)}.")
    if mode == "API":
        for key in ("roleMappings", "userMappings", "instanceRoles"):
            if args.get(key):
                raise ValueError(
                    f"The '{key}' property does not support non-empty values when 'authenticationMode' is set to 'API'."
                )
    elif mode in (None, "CONFIG_MAP") and args.get("accessEntries"):
        raise ValueError(f"The 'accessEntries' property is not supported when 'authenticationMode' is {mode}.")
    if args.get("subnetIds") and (args.get("publicSubnetIds") or args.get("privateSubnetIds")):
        raise ValueError(
            "subnetIds, and the use of publicSubnetIds and/or privateSubnetIds are mutually exclusive. "
            "Choose a single approach."
        )
    if args.get("publicAccessCidrs") is not None and args.get("endpointPublicAccess") is False:
        raise ValueError("`publicAccessCidrs` can only be set when `endpointPublicAccess` is true")
    _refuse_the_rest(args)


def _refuse_the_rest(args: Mapping[str, Any]) -> None:
    """Arguments under which the plugin makes children that this stand-in does not know."""
    needed = {
        "authenticationMode": "API",
        "bootstrapSelfManagedAddons": False,
        "createInstanceRole": False,
        "skipDefaultNodeGroup": True,
        "skipDefaultSecurityGroups": True,
        "useDefaultVpcCni": True,
    }
    for key, value in needed.items():
        if args.get(key) != value:
            raise NotImplementedError(f"the eks stand-in builds only clusters with {key}={value}")
    for key in ("corednsAddonOptions", "kubeProxyAddonOptions"):
        if (args.get(key) or {}).get("enabled", True):
            raise NotImplementedError(f"the eks stand-in builds only clusters with {key}.enabled=false")


def _check_node_group(args: Mapping[str, Any]) -> None:
    """What createManagedNodeGroup throws for."""
    problems = []
    if args.get("nodeRole") is not None and args.get("nodeRoleArn") is not None:
        problems.append(
            "nodeRole: You cannot specify both nodeRole and nodeRoleArn when creating a managed node group."
        )
    if args.get("nodeRole") is None and args.get("nodeRoleArn") is None:
        problems.append("nodeRole: An IAM role, or role ARN must be provided to create a managed node group")
    problems += [
        f"amiId: You cannot specify both amiId and {key} when creating a managed node group."
        for key in ("gpu", "amiType")
        if args.get("amiId") and args.get(key)
    ]
    if args.get("launchTemplate") is not None and any(args.get(key) is not None for key in TEMPLATE_CONFLICTS):
        problems.append(
            "launchTemplate: If you provide a custom launch template, you cannot provide any of "
            f"{', '.join(TEMPLATE_CONFLICTS)}. Please include these in the launch template that you are providing."
        )
    if problems:
        raise ValueError(f"The input properties for the managed node group are invalid: {'; '.join(problems)}")
    for key in ("nodeRoleArn", "subnetIds", "scalingConfig", "launchTemplate"):
        if args.get(key) is None:
            raise NotImplementedError(f"the eks stand-in builds only node groups with {key}")


def _explicit_aws_provider(opts: pulumi.ResourceOptions) -> bool:
    providers = opts.providers
    return bool(opts.provider) or (isinstance(providers, Mapping) and "aws" in providers)


def _registered(resource: Any, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions) -> Any:
    """A typed resource from inputs in the engine's spelling, as they came."""
    return resource(name, opts=opts, **{_snake(key): value for key, value in inputs.items() if value is not None})


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def _merged(*maps: Any) -> pulumi.Output[dict[str, str]]:
    together: pulumi.Output[list[Any]] = pulumi.Output.all(*maps)
    return together.apply(lambda known: {key: value for each in known for key, value in (each or {}).items()})


def _kubeconfig(name: str, endpoint: str, data: str, arn: str) -> dict[str, Any]:
    """nodejs/eks/cluster/cluster.ts, generateKubeconfig; it holds no secret."""
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
