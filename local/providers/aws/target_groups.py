"""Target groups."""

from collections.abc import Collection
from typing import Any

from local.providers.aws.elb import ElbResource, attributes, check_name
from local.providers.aws.resource import Inputs, Outputs, given, pairs


class TargetGroup(ElbResource):
    """A target group."""

    type = "aws:lb/targetGroup:TargetGroup"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the target group, then set attributes.

        Moto refuses a name in use, one too long and a missing VPC.
        """
        check_name("CreateTargetGroup", "target group", inputs["name"])
        made = self.aws.elb.create_target_group(
            Name=inputs["name"],
            Protocol=inputs["protocol"],
            Port=inputs["port"],
            VpcId=inputs["vpcId"],
            TargetType=inputs["targetType"],
            **_health_check(inputs),
            **({"Tags": pairs(inputs["tags"])} if inputs.get("tags") else {}),
        )["TargetGroups"][0]
        arn = made["TargetGroupArn"]
        self._attributes(arn, inputs)
        return arn, {"arn": arn, "arnSuffix": arn.rpartition(":")[2]}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update health check and attributes."""
        if "healthCheck" in changed:
            self.aws.elb.modify_target_group(TargetGroupArn=id_, **_health_check(news))
        self._attributes(id_, news)
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the target group; moto refuses while a listener forwards to it."""
        self.aws.elb.delete_target_group(TargetGroupArn=id_)

    def _attributes(self, arn: str, inputs: Inputs) -> None:
        wanted = given(
            **{
                "deregistration_delay.timeout_seconds": inputs.get("deregistrationDelay"),
                "deregistration_delay.connection_termination.enabled": inputs.get("connectionTermination"),
                "preserve_client_ip.enabled": inputs.get("preserveClientIp"),
                "proxy_protocol_v2.enabled": inputs.get("proxyProtocolV2"),
            }
        )
        self.aws.elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes(wanted))


def _health_check(inputs: Inputs) -> dict[str, Any]:
    check = inputs.get("healthCheck") or {}
    return given(
        HealthCheckProtocol=check.get("protocol"),
        HealthCheckPort=check.get("port"),
        HealthCheckPath=check.get("path"),
        HealthCheckIntervalSeconds=check.get("interval"),
        HealthCheckTimeoutSeconds=check.get("timeout"),
        HealthyThresholdCount=check.get("healthyThreshold"),
        UnhealthyThresholdCount=check.get("unhealthyThreshold"),
    )


RESOURCES = (TargetGroup,)
