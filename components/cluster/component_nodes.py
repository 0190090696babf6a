"""The managed node groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_eks

from ..aws import iam
from ..settings.context import Site
from . import nodes


@dataclass(frozen=True, kw_only=True)
class NodeGroupsArgs:
    """Arguments of NodeGroups."""

    eks: pulumi_eks.Cluster
    """The cluster."""
    plans: Sequence[nodes.NodeGroupPlan]
    """Plans of ``cluster.nodes.groups``."""
    private_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the nodes, which never run in public subnets."""
    site: Site
    """Region and tags of the stack."""


class NodeGroups(pulumi.ComponentResource):
    """Nodes of the cluster, with one role for all, as planned by cluster.nodes; uses aws.iam."""

    hidden: list[pulumi.Input[pulumi.Resource]]
    """Resources that pulumi-eks creates inside each group."""

    def __init__(self, name: str, args: NodeGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"environment": args.site.environment, "nodeGroups": [plan.name for plan in args.plans]}
        super().__init__("istio-eks:cluster:NodeGroups", name, inputs, opts)

        role = aws.iam.Role(
            name,
            assume_role_policy=iam.assumed_by("ec2.amazonaws.com"),
            tags=args.site.named("nodes"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        attachments = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy}",
                role=role.name,
                policy_arn=iam.managed_policy(policy, args.site.region),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for policy in iam.NODE_POLICIES
        ]
        groups = [self._group(f"{name}-{plan.name}", plan, role, attachments, args) for plan in args.plans]

        self.hidden = [group.node_group for group in groups]
        self.register_outputs({})

    def _group(
        self,
        name: str,
        plan: nodes.NodeGroupPlan,
        role: aws.iam.Role,
        attachments: Sequence[pulumi.Resource],
        args: NodeGroupsArgs,
    ) -> pulumi_eks.ManagedNodeGroup:
        template = self._launch_template(name, plan, args)
        return pulumi_eks.ManagedNodeGroup(
            name,
            cluster=args.eks,
            version=plan.version,
            node_role_arn=role.arn,
            subnet_ids=args.private_subnet_ids,
            ami_type=plan.ami_type,
            instance_types=list(plan.instance_types),
            capacity_type=plan.capacity_type,
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=plan.min_size, desired_size=plan.desired_size, max_size=plan.max_size
            ),
            # Keep an autoscaler's desired size. EKS rejects a minimum above it: scale up first, then raise the minimum.
            ignore_scaling_changes=True,
            labels=plan.labels,
            taints=[
                aws.eks.NodeGroupTaintArgs(key=taint.key, value=taint.value, effect=taint.eks_effect)
                for taint in plan.taints
            ],
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            tags=args.site.named(plan.name),
            # The cluster as an input is no dependency. Without the policies nodes do not join, and on destroy they
            # leave network interfaces behind that block the deletion of the subnets.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.eks, *attachments]),
        )

    def _launch_template(self, name: str, plan: nodes.NodeGroupPlan, args: NodeGroupsArgs) -> aws.ec2.LaunchTemplate:
        tags = args.site.named(plan.name)
        return aws.ec2.LaunchTemplate(
            name,
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=nodes.METADATA_HOP_LIMIT,
            ),
            block_device_mappings=[
                aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name=nodes.ROOT_DEVICE,
                    ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        volume_type="gp3",
                        volume_size=plan.disk_gib,
                        encrypted="true",
                        delete_on_termination="true",
                    ),
                )
            ],
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=resource, tags=tags)
                for resource in nodes.TAGGED_RESOURCES
            ],
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
