"""VPC, subnets, the ways out, flow logs."""

from collections.abc import Collection
from typing import Any

from local.providers.aws import in_use
from local.providers.aws.resource import Ec2Resource, Inputs, Outputs, given, specifications
from local.providers.aws.session import refuse


class Vpc(Ec2Resource):
    """A VPC with AWS's defaults in it."""

    type = "aws:ec2/vpc:Vpc"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the VPC, then set DNS, which has no parameter at creation."""
        vpc = self.aws.ec2.create_vpc(CidrBlock=inputs["cidrBlock"], TagSpecifications=specifications("vpc", inputs))[
            "Vpc"
        ]
        self._dns(vpc["VpcId"], inputs)
        return vpc["VpcId"], self._outputs(vpc["VpcId"])

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update DNS only; another range replaces the VPC."""
        self._dns(id_, news)
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the VPC when nothing else is left."""
        in_use.vpc(self.aws, id_)
        self.aws.ec2.delete_vpc(VpcId=id_)

    def _dns(self, id_: str, inputs: Inputs) -> None:
        support, hostnames = inputs.get("enableDnsSupport", True), inputs.get("enableDnsHostnames", False)
        self.aws.ec2.modify_vpc_attribute(VpcId=id_, EnableDnsSupport={"Value": support})
        self.aws.ec2.modify_vpc_attribute(VpcId=id_, EnableDnsHostnames={"Value": hostnames})

    def _outputs(self, id_: str) -> Outputs:
        inside = [{"Name": "vpc-id", "Values": [id_]}]
        groups = self.aws.ec2.describe_security_groups(Filters=inside)["SecurityGroups"]
        tables = self.aws.ec2.describe_route_tables(Filters=inside)["RouteTables"]
        return {
            "arn": self.aws.arn("ec2", f"vpc/{id_}"),
            "ownerId": self.aws.account,
            "defaultSecurityGroupId": groups[0]["GroupId"],
            "mainRouteTableId": tables[0]["RouteTableId"],
        }


class Subnet(Ec2Resource):
    """A subnet."""

    type = "aws:ec2/subnet:Subnet"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the subnet; moto refuses overlaps, ranges outside the VPC and zones of other regions."""
        subnet = self.aws.ec2.create_subnet(
            VpcId=inputs["vpcId"],
            CidrBlock=inputs["cidrBlock"],
            AvailabilityZone=inputs["availabilityZone"],
            TagSpecifications=specifications("subnet", inputs),
        )["Subnet"]
        self._public_addresses(subnet["SubnetId"], inputs)
        return subnet["SubnetId"], {
            "arn": self.aws.arn("ec2", f"subnet/{subnet['SubnetId']}"),
            "availabilityZoneId": subnet["AvailabilityZoneId"],
            "ownerId": self.aws.account,
        }

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update whether instances get public addresses; everything else replaces the subnet."""
        self._public_addresses(id_, news)
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the subnet when no interface is left in it."""
        in_use.subnet(self.aws, id_)
        self.aws.ec2.delete_subnet(SubnetId=id_)

    def _public_addresses(self, id_: str, inputs: Inputs) -> None:
        value = {"Value": inputs.get("mapPublicIpOnLaunch", False)}
        self.aws.ec2.modify_subnet_attribute(SubnetId=id_, MapPublicIpOnLaunch=value)


class InternetGateway(Ec2Resource):
    """An internet gateway, attached."""

    type = "aws:ec2/internetGateway:InternetGateway"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the internet gateway and attach it."""
        gateway = self.aws.ec2.create_internet_gateway(TagSpecifications=specifications("internet-gateway", inputs))
        id_ = gateway["InternetGateway"]["InternetGatewayId"]
        self.aws.ec2.attach_internet_gateway(InternetGatewayId=id_, VpcId=inputs["vpcId"])
        return id_, {"arn": self.aws.arn("ec2", f"internet-gateway/{id_}"), "ownerId": self.aws.account}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Detach and delete the gateway when nothing in the VPC has a public address."""
        in_use.public_addresses(self.aws, outputs["vpcId"])
        self.aws.ec2.detach_internet_gateway(InternetGatewayId=id_, VpcId=outputs["vpcId"])
        self.aws.ec2.delete_internet_gateway(InternetGatewayId=id_)


class Eip(Ec2Resource):
    """A public address."""

    type = "aws:ec2/eip:Eip"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Allocate the address."""
        address = self.aws.ec2.allocate_address(
            Domain=inputs.get("domain", "vpc"), TagSpecifications=specifications("elastic-ip", inputs)
        )
        id_ = address["AllocationId"]
        return id_, {
            "allocationId": id_,
            "publicIp": address["PublicIp"],
            "arn": self.aws.arn("ec2", f"elastic-ip/{id_}"),
        }

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Release the address when no NAT gateway uses it."""
        in_use.address(self.aws, id_)
        self.aws.ec2.release_address(AllocationId=id_)


class NatGateway(Ec2Resource):
    """A public NAT gateway."""

    type = "aws:ec2/natGateway:NatGateway"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the NAT gateway.

        AWS fails one in a VPC without an internet gateway; moto does not.
        """
        subnet = self.aws.ec2.describe_subnets(SubnetIds=[inputs["subnetId"]])["Subnets"][0]
        if not _internet(self.aws.ec2, subnet["VpcId"]):
            text = f"Network {subnet['VpcId']} has no Internet gateway attached"
            refuse("CreateNatGateway", "Gateway.NotAttached", text)
        gateway = self.aws.ec2.create_nat_gateway(
            **given(SubnetId=inputs["subnetId"], AllocationId=inputs.get("allocationId")),
            TagSpecifications=specifications("natgateway", inputs),
        )["NatGateway"]
        address = gateway["NatGatewayAddresses"][0]
        return gateway["NatGatewayId"], {
            "publicIp": address["PublicIp"],
            "privateIp": address["PrivateIp"],
            "networkInterfaceId": address["NetworkInterfaceId"],
        }

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the NAT gateway; routes to it become black holes."""
        self.aws.ec2.delete_nat_gateway(NatGatewayId=id_)


class FlowLog(Ec2Resource):
    """Flow logs of a VPC."""

    type = "aws:ec2/flowLog:FlowLog"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the flow log."""
        created = self.aws.ec2.create_flow_logs(
            ResourceType="VPC",
            ResourceIds=[inputs["vpcId"]],
            TrafficType=inputs["trafficType"],
            **given(
                LogDestinationType=inputs.get("logDestinationType"),
                LogDestination=inputs.get("logDestination"),
                DeliverLogsPermissionArn=inputs.get("iamRoleArn"),
            ),
            TagSpecifications=specifications("vpc-flow-log", inputs),
        )
        for failure in created["Unsuccessful"]:
            refuse("CreateFlowLogs", failure["Error"]["Code"], failure["Error"]["Message"])
        id_ = created["FlowLogIds"][0]
        return id_, {"arn": self.aws.arn("ec2", f"vpc-flow-log/{id_}")}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the flow log."""
        self.aws.ec2.delete_flow_logs(FlowLogIds=[id_])


def _internet(ec2: Any, vpc_id: str) -> bool:
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    return bool(ec2.describe_internet_gateways(Filters=attached)["InternetGateways"])


RESOURCES = (Vpc, Subnet, InternetGateway, Eip, NatGateway, FlowLog)
