"""Network load balancers, target groups, listeners."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from local.providers.aws.resource import Inputs, Outputs, Resource, given, pairs
from local.providers.aws.session import refuse

NAME = re.compile(r"(?!internal-)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?")


class ElbResource(Resource):
    """A resource whose tags Elastic Load Balancing keeps under its ARN, which is its id."""

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Through the tag API of Elastic Load Balancing."""
        if gone:
            self.aws.elb.remove_tags(ResourceArns=[id_], TagKeys=sorted(gone))
        if tags:
            self.aws.elb.add_tags(ResourceArns=[id_], Tags=pairs(tags))


class LoadBalancer(ElbResource):
    """A network load balancer."""

    type = "aws:lb/loadBalancer:LoadBalancer"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create, then set attributes; moto takes any name, twice, missing groups and a VPC without internet."""
        self._refuse_what_moto_takes(inputs)
        made = self.aws.elb.create_load_balancer(
            Name=inputs["name"],
            Type=inputs["loadBalancerType"],
            Scheme="internal" if inputs.get("internal") else "internet-facing",
            **given(Subnets=inputs.get("subnets"), SecurityGroups=inputs.get("securityGroups")),
            **({"Tags": pairs(inputs["tags"])} if inputs.get("tags") else {}),
        )["LoadBalancers"][0]
        arn = made["LoadBalancerArn"]
        self._attributes(arn, inputs)
        return arn, {
            "arn": arn,
            "arnSuffix": arn.partition(":loadbalancer/")[2],
            "dnsName": made["DNSName"],
            "zoneId": made["CanonicalHostedZoneId"],
            "vpcId": made["VpcId"],
        }

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Attributes, more subnets, other groups."""
        if {"enableDeletionProtection", "enableCrossZoneLoadBalancing"} & set(changed):
            self._attributes(id_, news)
        if "subnets" in changed:
            self.aws.elb.set_subnets(LoadBalancerArn=id_, Subnets=news["subnets"])
        if "securityGroups" in changed:
            self.aws.elb.set_security_groups(LoadBalancerArn=id_, SecurityGroups=news["securityGroups"])
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete with its listeners, unless AWS protects it: moto keeps the attribute and deletes nevertheless."""
        attributes = self.aws.elb.describe_load_balancer_attributes(LoadBalancerArn=id_)["Attributes"]
        if {"Key": "deletion_protection.enabled", "Value": "true"} in attributes:
            text = f"Load balancer '{id_}' cannot be deleted because deletion protection is enabled"
            refuse("DeleteLoadBalancer", "OperationNotPermitted", text)
        self.aws.elb.delete_load_balancer(LoadBalancerArn=id_)

    def _attributes(self, arn: str, inputs: Inputs) -> None:
        wanted = {
            "deletion_protection.enabled": inputs.get("enableDeletionProtection", False),
            "load_balancing.cross_zone.enabled": inputs.get("enableCrossZoneLoadBalancing", False),
        }
        self.aws.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=_attributes(wanted))

    def _refuse_what_moto_takes(self, inputs: Inputs) -> None:
        name = inputs["name"]
        _check_name("CreateLoadBalancer", "load balancer", name)
        if any(other["LoadBalancerName"] == name for other in self.aws.elb.describe_load_balancers()["LoadBalancers"]):
            text = f"A load balancer with the same name '{name}' exists, but with different settings"
            refuse("CreateLoadBalancer", "DuplicateLoadBalancerName", text)
        groups = {group["GroupId"] for group in self.aws.ec2.describe_security_groups()["SecurityGroups"]}
        missing = sorted(set(inputs.get("securityGroups", [])) - groups)
        if missing:
            text = f"One or more security groups are invalid: {', '.join(missing)}"
            refuse("CreateLoadBalancer", "InvalidSecurityGroup", text)
        subnets = self.aws.ec2.describe_subnets(SubnetIds=inputs["subnets"])["Subnets"]
        attached = [{"Name": "attachment.vpc-id", "Values": [subnets[0]["VpcId"]]}]
        if (
            not inputs.get("internal")
            and not self.aws.ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
        ):
            text = f"VPC {subnets[0]['VpcId']} has no internet gateway"
            refuse("CreateLoadBalancer", "InvalidSubnet", text)


class TargetGroup(ElbResource):
    """A target group."""

    type = "aws:lb/targetGroup:TargetGroup"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create, then set attributes; moto refuses a name in use, one too long and a missing VPC."""
        _check_name("CreateTargetGroup", "target group", inputs["name"])
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
        """Health check and attributes."""
        if "healthCheck" in changed:
            self.aws.elb.modify_target_group(TargetGroupArn=id_, **_health_check(news))
        self._attributes(id_, news)
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete; moto refuses while a listener forwards to it."""
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
        self.aws.elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=_attributes(wanted))


class Listener(ElbResource):
    """A listener."""

    type = "aws:lb/listener:Listener"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create; moto refuses missing target groups and certificates, but takes a port twice and TLS without one."""
        balancer = inputs["loadBalancerArn"]
        taken = self.aws.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
        if any(listener["Port"] == inputs["port"] for listener in taken):
            text = f"A listener already exists on this port for this load balancer '{balancer}'"
            refuse("CreateListener", "DuplicateListener", text)
        if inputs["protocol"] == "TLS" and not inputs.get("certificateArn"):
            refuse("CreateListener", "ValidationError", "A certificate must be specified for TLS listeners")
        arn = self.aws.elb.create_listener(
            LoadBalancerArn=balancer,
            **_listener(inputs),
            **({"Tags": pairs(inputs["tags"])} if inputs.get("tags") else {}),
        )["Listeners"][0]["ListenerArn"]
        self._idle_timeout(arn, inputs)
        return arn, {"arn": arn}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Anything but the load balancer."""
        self.aws.elb.modify_listener(ListenerArn=id_, **_listener(news))
        self._idle_timeout(id_, news)
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete."""
        self.aws.elb.delete_listener(ListenerArn=id_)

    def _idle_timeout(self, arn: str, inputs: Inputs) -> None:
        seconds = inputs.get("tcpIdleTimeoutSeconds")
        if seconds is None:
            return
        if not 60 <= seconds <= 6000:
            text = f"The value of 'tcp.idle_timeout.seconds' must be between 60 and 6000, not {seconds}"
            refuse("ModifyListenerAttributes", "InvalidConfigurationRequest", text)
        wanted = _attributes({"tcp.idle_timeout.seconds": seconds})
        self.aws.elb.modify_listener_attributes(ListenerArn=arn, Attributes=wanted)


def _listener(inputs: Inputs) -> dict[str, Any]:
    certificate, alpn = inputs.get("certificateArn"), inputs.get("alpnPolicy")
    return given(
        Protocol=inputs["protocol"],
        Port=inputs["port"],
        SslPolicy=inputs.get("sslPolicy"),
        Certificates=[{"CertificateArn": certificate}] if certificate else None,
        AlpnPolicy=[alpn] if alpn else None,
        DefaultActions=[
            {"Type": action["type"], "TargetGroupArn": action["targetGroupArn"]} for action in inputs["defaultActions"]
        ],
    )


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


def _attributes(wanted: Mapping[str, Any]) -> list[dict[str, str]]:
    """Attributes are text, flags included."""
    return [{"Key": key, "Value": str(value).lower()} for key, value in wanted.items()]


def _check_name(operation: str, what: str, name: str) -> None:
    if len(name) > 32:
        refuse(operation, "ValidationError", f"The {what} name '{name}' cannot be longer than '32' characters")
    if not NAME.fullmatch(name):
        text = (
            f"The {what} name '{name}' can only contain letters, digits and hyphens, must not begin or end with a "
            "hyphen or begin with 'internal-'"
        )
        refuse(operation, "ValidationError", text)


RESOURCES = (LoadBalancer, TargetGroup, Listener)
