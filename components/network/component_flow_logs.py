"""Flow logs of one VPC in CloudWatch Logs."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..aws import iam
from ..settings import FlowLogs as FlowLogSettings
from ..settings.context import Site

# Values of the setting in the notation of the API; ``none`` creates nothing.
TRAFFIC_TYPES = {"all": "ALL", "rejected": "REJECT"}


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """Arguments of FlowLogs."""

    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    settings: FlowLogSettings
    """``network.flowLogs`` of the settings."""
    site: Site
    """Tags of the stack."""


class FlowLogs(pulumi.ComponentResource):
    """Records of all connections of a VPC, or of rejected ones, kept for ``settings.retention_days``.

    Uses aws.iam. Created only if the settings record something.
    """

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"traffic": args.settings.traffic, "retentionDays": args.settings.retention_days}
        super().__init__("istio-eks:network:FlowLogs", name, inputs, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.site.named("flow-logs")

        group = aws.cloudwatch.LogGroup(name, retention_in_days=args.settings.retention_days, tags=tags, opts=child)
        role = aws.iam.Role(
            name, assume_role_policy=iam.assumed_by("vpc-flow-logs.amazonaws.com"), tags=tags, opts=child
        )
        writes = aws.iam.RolePolicy(name, role=role.name, policy=group.arn.apply(iam.write_flow_logs), opts=child)
        aws.ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type=TRAFFIC_TYPES[args.settings.traffic],
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags=tags,
            # Without the policy the log would silently stay empty. AWS rejects a second flow log of a VPC in one group.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[writes], delete_before_replace=True),
        )

        self.register_outputs({})
