"""Flow logs of one VPC into CloudWatch."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..aws import iam
from ..settings import FlowLogs as FlowLogSettings
from ..settings.context import Site

# The API's words for ours; ``none`` records nothing and builds nothing.
TRAFFIC_TYPES = {"all": "ALL", "rejected": "REJECT"}


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """What FlowLogs needs."""

    vpc_id: pulumi.Input[str]
    settings: FlowLogSettings
    site: Site


class FlowLogs(pulumi.ComponentResource):
    """Connections of a VPC, all or the rejected ones, kept for ``settings.retention_days``.

    Asks aws.iam. Built only when the settings record something.
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
            # Without the policy the log is created and stays silently empty. A VPC takes no second log into one group.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[writes], delete_before_replace=True),
        )

        self.register_outputs({})
