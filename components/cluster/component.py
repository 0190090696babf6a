"""EKS with everything that Istio requires: access, add-ons, nodes and the load balancer controller."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from .. import settings
from ..settings import Namespace
from ..settings.context import Site
from . import access, addons, nodes
from .component_access import AccessEntries, AccessEntriesArgs
from .component_addons import Addons, AddonsArgs
from .component_control_plane import ControlPlane, ControlPlaneArgs
from .component_controller import LoadBalancerController, LoadBalancerControllerArgs
from .component_controller_identity import ControllerIdentity, ControllerIdentityArgs
from .component_nodes import NodeGroups, NodeGroupsArgs
from .component_viewers import Viewers


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """Arguments of Cluster; the ids are outputs of ``Network``."""

    settings: settings.Cluster
    """``cluster`` of the settings."""
    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    private_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of control plane and nodes, in at least two zones."""
    public_subnet_ids: Sequence[pulumi.Input[str]]
    """Further subnets for load balancers."""
    egress: Sequence[pulumi.Resource] = ()
    """Resources that nodes need to reach the internet and AWS."""
    namespaces: Sequence[Namespace] = ()
    """Namespaces whose editors get access, as members of the namespace's group."""
    site: Site
    """``site.environment`` is the name of the cluster; ``site.protect`` turns on its deletion protection."""


class Cluster(pulumi.ComponentResource):
    """An EKS cluster that is ready for Istio.

    Order: control plane; access entries and the controller's identity; add-ons that a node needs at its start; nodes;
    the other add-ons; the load balancer controller.
    """

    name: pulumi.Output[str]
    """Name of the EKS cluster; known once it exists."""
    arn: pulumi.Output[str]
    """ARN of the EKS cluster."""
    security_group_id: pulumi.Output[str]
    """Security group that EKS creates for the API server's interfaces, nodes and pods."""
    oidc_provider_arn: pulumi.Output[str]
    """OIDC provider for IAM roles for service accounts; this stack does not use it."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig that authenticates with the caller's own credentials; contains no secret."""
    provider: kubernetes.Provider
    """Provider for everything inside the cluster."""
    load_balancer_controller: pulumi.Resource
    """Controller that registers pods in target groups."""
    hidden: list[pulumi.Input[pulumi.Resource]]
    """EKS cluster and node groups, which pulumi-eks creates and no preview shows."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:cluster:Cluster", name, args.settings.model_dump(mode="json", by_alias=True), opts)

        self._prefix, self._args = name, args
        control_plane = self._control_plane()
        self.name = control_plane.name
        self.arn = control_plane.arn
        self.security_group_id = control_plane.security_group_id
        self.oidc_provider_arn = control_plane.oidc_provider_arn
        self.kubeconfig = control_plane.kubeconfig
        self.provider = control_plane.provider

        entries, identity = self._access(), self._controller_identity()
        core = self._addons("core-addons", addons.before_nodes(args.settings), args.egress)
        node_groups = self._nodes(control_plane, core)
        rest = self._addons("addons", addons.after_nodes(args.settings, args.site.region), [node_groups])
        self._ready: list[pulumi.Resource] = [entries, rest]
        self.load_balancer_controller = self._controller(identity)
        if args.settings.viewers:
            Viewers(f"{name}-viewers", self._inside())

        self.hidden = [control_plane.eks.eks_cluster, *node_groups.hidden]
        self.register_outputs(
            {
                "name": self.name,
                "arn": self.arn,
                "securityGroupId": self.security_group_id,
                "oidcProviderArn": self.oidc_provider_arn,
                "kubeconfig": self.kubeconfig,
            }
        )

    def inside(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        """Return options for resources inside the cluster, which depend on its nodes, add-ons and access entries.

        Args:
            after: further resources to depend on.
        """
        return pulumi.ResourceOptions(providers=[self.provider], depends_on=[*self._ready, *after])

    def _inside(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions.merge(self.inside(), pulumi.ResourceOptions(parent=self))

    def _child(self, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(after))

    def _control_plane(self) -> ControlPlane:
        args = self._args
        return ControlPlane(
            self._prefix,
            ControlPlaneArgs(
                settings=args.settings,
                vpc_id=args.vpc_id,
                private_subnet_ids=args.private_subnet_ids,
                public_subnet_ids=args.public_subnet_ids,
                site=args.site,
            ),
            self._child(),
        )

    def _access(self) -> AccessEntries:
        plans = access.entries(self._args.settings, self._args.namespaces)
        return AccessEntries(
            f"{self._prefix}-access",
            AccessEntriesArgs(cluster_name=self.name, plans=plans, site=self._args.site),
            self._child(),
        )

    def _controller_identity(self) -> ControllerIdentity:
        return ControllerIdentity(
            f"{self._prefix}-controller-identity",
            ControllerIdentityArgs(
                cluster_name=self.name, settings=self._args.settings.load_balancer_controller, site=self._args.site
            ),
            self._child(),
        )

    def _addons(self, suffix: str, plans: Sequence[addons.AddonPlan], after: Sequence[pulumi.Resource]) -> Addons:
        return Addons(
            f"{self._prefix}-{suffix}",
            AddonsArgs(cluster_name=self.name, plans=plans, site=self._args.site),
            self._child(after),
        )

    def _nodes(self, control_plane: ControlPlane, core: Addons) -> NodeGroups:
        chosen = self._args.settings
        return NodeGroups(
            f"{self._prefix}-nodes",
            NodeGroupsArgs(
                eks=control_plane.eks,
                plans=nodes.groups(chosen.nodes, chosen.version),
                private_subnet_ids=self._args.private_subnet_ids,
                site=self._args.site,
            ),
            self._child([core]),
        )

    def _controller(self, identity: ControllerIdentity) -> LoadBalancerController:
        return LoadBalancerController(
            f"{self._prefix}-load-balancer-controller",
            LoadBalancerControllerArgs(
                cluster_name=self.name,
                vpc_id=self._args.vpc_id,
                identity=identity,
                settings=self._args.settings.load_balancer_controller,
                site=self._args.site,
            ),
            self._inside(),
        )
