"""Network load balancers."""

from collections.abc import Collection

from local.providers.aws.elb import ElbResource, attributes, check_name
from local.providers.aws.resource import Inputs, Outputs, given, pairs
from local.providers.aws.session import refuse


class LoadBalancer(ElbResource):
    """A network load balancer."""

    type = "aws:lb/loadBalancer:LoadBalancer"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the load balancer, then set attributes.

        Moto takes any name, a name twice, missing groups and a VPC without internet gateway.
        """
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
        """Update attributes, subnets (more, never fewer) and groups."""
        if {"enableDeletionProtection", "enableCrossZoneLoadBalancing"} & set(changed):
            self._attributes(id_, news)
        if "subnets" in changed:
            self.aws.elb.set_subnets(LoadBalancerArn=id_, Subnets=news["subnets"])
        if "securityGroups" in changed:
            self.aws.elb.set_security_groups(LoadBalancerArn=id_, SecurityGroups=news["securityGroups"])
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the load balancer with its listeners, unless AWS protects it.

        Moto keeps the attribute of the protection and deletes nevertheless.
        """
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
        self.aws.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes(wanted))

    def _refuse_what_moto_takes(self, inputs: Inputs) -> None:
        name = inputs["name"]
        check_name("CreateLoadBalancer", "load balancer", name)
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


RESOURCES = (LoadBalancer,)
