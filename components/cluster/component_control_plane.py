"""EKS control plane, its log group and its KMS key."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_eks
import pulumi_kubernetes as kubernetes

from .. import settings
from ..aws import iam
from ..settings.context import Site
from . import control_plane, kubeconfig


@dataclass(frozen=True, kw_only=True)
class ControlPlaneArgs:
    """Arguments of ControlPlane."""

    settings: settings.Cluster
    """``cluster`` of the settings."""
    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    private_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of control plane and nodes, in at least two zones."""
    public_subnet_ids: Sequence[pulumi.Input[str]]
    """Further subnets for load balancers."""
    site: Site
    """``site.environment`` is the name of the cluster; ``site.protect`` turns on its deletion protection."""


class ControlPlane(pulumi.ComponentResource):
    """An EKS cluster without nodes and add-ons; uses cluster.control_plane, aws.iam and cluster.kubeconfig."""

    eks: pulumi_eks.Cluster
    """The pulumi-eks component, for consumers that take a whole cluster.

    It creates the EKS cluster and no other AWS resource. No preview here shows its children, and no guard protects them
    unless it names them.
    """
    name: pulumi.Output[str]
    """Name of the EKS cluster; known once it exists."""
    arn: pulumi.Output[str]
    """ARN of the EKS cluster."""
    security_group_id: pulumi.Output[str]
    """Security group that EKS creates for the API server's interfaces and all nodes."""
    oidc_provider_arn: pulumi.Output[str]
    """OIDC provider for IAM roles for service accounts (IRSA) of consumers; this stack does not use it."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig that authenticates with the caller's own credentials; contains no secret."""
    provider: kubernetes.Provider
    """Provider for everything inside the cluster."""

    def __init__(self, name: str, args: ControlPlaneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"environment": args.site.environment, "version": args.settings.version, "protect": args.site.protect}
        super().__init__("istio-eks:cluster:ControlPlane", name, inputs, opts)

        self.eks = self._control_plane(name, args)
        eks_cluster = self.eks.eks_cluster
        self.name = eks_cluster.name
        self.arn = eks_cluster.arn
        self.security_group_id = eks_cluster.vpc_config.cluster_security_group_id
        self.oidc_provider_arn = self._oidc_provider(name, eks_cluster.identities[0].oidcs[0].issuer, args).arn
        self.kubeconfig = pulumi.Output.unsecret(
            pulumi.Output.all(
                cluster=self.name,
                endpoint=eks_cluster.endpoint,
                certificate_authority=eks_cluster.certificate_authority.data,
            ).apply(lambda known: kubeconfig.render(**known, region=args.site.region))
        )
        self.provider = self._kubernetes(name)

        self.register_outputs({})

    def _control_plane(self, name: str, args: ControlPlaneArgs) -> pulumi_eks.Cluster:
        endpoint = args.settings.endpoint
        role, attachments = self._role(name, args)
        return pulumi_eks.Cluster(
            name,
            name=args.site.environment,
            version=args.settings.version,
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type=control_plane.UPGRADE_POLICY),
            deletion_protection=args.site.protect,
            authentication_mode=pulumi_eks.AuthenticationMode.API,
            vpc_id=args.vpc_id,
            private_subnet_ids=args.private_subnet_ids,
            public_subnet_ids=args.public_subnet_ids,
            endpoint_private_access=True,
            endpoint_public_access=endpoint.public,
            public_access_cidrs=control_plane.public_access_cidrs(endpoint),
            # Managed nodes have the security group that EKS creates; further groups would only seem to protect them.
            skip_default_security_groups=True,
            skip_default_node_group=True,
            create_instance_role=False,
            # This component creates entries, role and OIDC provider itself: nothing could depend on children of
            # pulumi-eks, and pulumi-eks fetches the issuer's certificate over HTTPS.
            service_role=role,
            create_oidc_provider=False,
            # cluster.addons installs every add-on: none comes from EKS or pulumi-eks.
            bootstrap_self_managed_addons=False,
            use_default_vpc_cni=True,
            coredns_addon_options=pulumi_eks.CoreDnsAddonOptionsArgs(enabled=False),
            kube_proxy_addon_options=pulumi_eks.KubeProxyAddonOptionsArgs(enabled=False),
            enabled_cluster_log_types=list(control_plane.LOG_TYPES),
            encryption_config_key_arn=self._secrets_key(name, args).arn,
            tags=args.site.tags,
            cluster_tags={"Name": args.site.environment},
            # Otherwise EKS creates the log group itself, without retention.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._log_group(name, args), *attachments]),
        )

    def _role(self, name: str, args: ControlPlaneArgs) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        """Create the control plane's role and its policies, which the cluster needs until it is deleted."""
        role = aws.iam.Role(
            f"{name}-control-plane",
            assume_role_policy=iam.assumed_by("eks.amazonaws.com"),
            tags=args.site.named("control-plane"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role, [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=role.name,
                policy_arn=iam.managed_policy(policy, args.site.region),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for policy in iam.CLUSTER_POLICIES
        ]

    def _oidc_provider(
        self, name: str, issuer: pulumi.Output[str], args: ControlPlaneArgs
    ) -> aws.iam.OpenIdConnectProvider:
        """Create the OIDC provider without a thumbprint, which IAM retrieves."""
        return aws.iam.OpenIdConnectProvider(
            name,
            url=issuer,
            client_id_lists=[iam.STS_AUDIENCE],
            tags=args.site.named(),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _log_group(self, name: str, args: ControlPlaneArgs) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=control_plane.log_group(args.site.environment),
            retention_in_days=args.settings.log_retention_days,
            tags=args.site.named("control-plane"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _secrets_key(self, name: str, args: ControlPlaneArgs) -> aws.kms.Key:
        key = aws.kms.Key(
            f"{name}-secrets",
            description=f"Secrets of the EKS cluster {args.site.environment}",
            enable_key_rotation=True,
            deletion_window_in_days=control_plane.KEY_DELETION_DAYS,
            tags=args.site.named("secrets"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.kms.Alias(
            f"{name}-secrets",
            name=control_plane.key_alias(args.site.environment),
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key

    def _kubernetes(self, name: str) -> kubernetes.Provider:
        return kubernetes.Provider(
            f"{name}-kubernetes",
            kubeconfig=self.eks.kubeconfig_json,
            # Otherwise the provider infers from the kubeconfig whether the cluster changed, and may replace everything.
            cluster_identifier=self.arn,
            # Otherwise a changed cacerts is deleted and recreated, and in between istiod creates its own CA.
            enable_secret_mutable=True,
            enable_config_map_mutable=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
