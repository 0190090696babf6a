"""Route tables, routes and VPC endpoints."""

import zlib
from collections.abc import Collection, Sequence
from typing import Any

from local.providers.aws import in_use
from local.providers.aws.resource import Ec2Resource, Inputs, Outputs, Resource, given, specifications
from local.providers.aws.session import refuse


class RouteTable(Ec2Resource):
    """A route table; its routes are resources of their own."""

    type = "aws:ec2/routeTable:RouteTable"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the route table."""
        table = self.aws.ec2.create_route_table(
            VpcId=inputs["vpcId"], TagSpecifications=specifications("route-table", inputs)
        )
        id_ = table["RouteTable"]["RouteTableId"]
        return id_, {"arn": self.aws.arn("ec2", f"route-table/{id_}"), "ownerId": self.aws.account}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the route table; moto refuses while a subnet uses it."""
        self.aws.ec2.delete_route_table(RouteTableId=id_)


class Route(Resource):
    """One route; its id is made of table and destination, as the provider makes it."""

    type = "aws:ec2/route:Route"
    tagged = False

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the route; moto refuses a second route to the same destination."""
        self.aws.ec2.create_route(**self._request(inputs))
        number = zlib.crc32(inputs["destinationCidrBlock"].encode())
        return f"r-{inputs['routeTableId']}{number}", {"origin": "CreateRoute", "state": "active"}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Change the route's target."""
        self.aws.ec2.replace_route(**self._request(news))
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the route."""
        self.aws.ec2.delete_route(
            RouteTableId=outputs["routeTableId"], DestinationCidrBlock=outputs["destinationCidrBlock"]
        )

    def _request(self, inputs: Inputs) -> dict[str, Any]:
        return given(
            RouteTableId=inputs["routeTableId"],
            DestinationCidrBlock=inputs["destinationCidrBlock"],
            GatewayId=inputs.get("gatewayId"),
            NatGatewayId=inputs.get("natGatewayId"),
        )


class RouteTableAssociation(Resource):
    """Which table a subnet follows."""

    type = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    tagged = False

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Associate the subnet; a subnet has one route table, which moto does not enforce."""
        subnet = inputs["subnetId"]
        explicit = [{"Name": "association.subnet-id", "Values": [subnet]}]
        if self.aws.ec2.describe_route_tables(Filters=explicit)["RouteTables"]:
            text = f"the specified association for {subnet} conflicts with an existing association"
            refuse("AssociateRouteTable", "Resource.AlreadyAssociated", text)
        made = self.aws.ec2.associate_route_table(RouteTableId=inputs["routeTableId"], SubnetId=subnet)
        return made["AssociationId"], {}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Refuse another table.

        AWS gives the association another id, which the engine cannot take: the old one is refused.
        """
        raise NotImplementedError(f"{self.type}: another table for a subnet is not implemented")

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Disassociate the subnet."""
        self.aws.ec2.disassociate_route_table(AssociationId=id_)


class VpcEndpoint(Ec2Resource):
    """An interface or gateway endpoint."""

    type = "aws:ec2/vpcEndpoint:VpcEndpoint"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the endpoint.

        AWS requires DNS in the VPC, one zone a subnet and existing groups; moto does not.
        """
        self._refuse_what_moto_takes(inputs)
        endpoint = self.aws.ec2.create_vpc_endpoint(
            VpcId=inputs["vpcId"],
            ServiceName=inputs["serviceName"],
            **given(
                VpcEndpointType=inputs.get("vpcEndpointType"),
                SubnetIds=inputs.get("subnetIds"),
                SecurityGroupIds=inputs.get("securityGroupIds"),
                RouteTableIds=inputs.get("routeTableIds"),
                PrivateDnsEnabled=inputs.get("privateDnsEnabled"),
            ),
            TagSpecifications=specifications("vpc-endpoint", inputs),
        )["VpcEndpoint"]
        id_ = endpoint["VpcEndpointId"]
        return id_, {"arn": self.aws.arn("ec2", f"vpc-endpoint/{id_}"), "state": "available"}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update route tables, subnets or groups."""
        request: dict[str, Any] = {"VpcEndpointId": id_}
        for key, word in {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds"}.items():
            if key in changed:
                request |= _moved(word, outputs.get(key, []), news.get(key, []))
        if "securityGroupIds" in changed:
            request |= _moved("SecurityGroupIds", outputs.get("securityGroupIds", []), news["securityGroupIds"])
        self.aws.ec2.modify_vpc_endpoint(**request)
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the endpoint."""
        self.aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[id_])

    def _refuse_what_moto_takes(self, inputs: Inputs) -> None:
        if inputs.get("privateDnsEnabled") and not self._resolves(inputs["vpcId"]):
            text = (
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
                f"for {inputs['vpcId']}"
            )
            refuse("CreateVpcEndpoint", "InvalidParameter", text)
        if inputs.get("securityGroupIds"):
            self.aws.ec2.describe_security_groups(GroupIds=inputs["securityGroupIds"])
        if inputs.get("subnetIds"):
            subnets = self.aws.ec2.describe_subnets(SubnetIds=inputs["subnetIds"])["Subnets"]
            if len({subnet["AvailabilityZone"] for subnet in subnets}) < len(subnets):
                refuse(
                    "CreateVpcEndpoint", "DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the zone"
                )
        if inputs.get("privateDnsEnabled") and self._names_taken(inputs):
            text = (
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{inputs['serviceName']} in the VPC {inputs['vpcId']}"
            )
            refuse("CreateVpcEndpoint", "InvalidParameter", text)

    def _resolves(self, vpc_id: str) -> bool:
        read = self.aws.ec2.describe_vpc_attribute
        support = read(VpcId=vpc_id, Attribute="enableDnsSupport")["EnableDnsSupport"]["Value"]
        return bool(support and read(VpcId=vpc_id, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"])

    def _names_taken(self, inputs: Inputs) -> bool:
        return any(
            other["ServiceName"] == inputs["serviceName"] and other.get("PrivateDnsEnabled")
            for other in in_use.endpoints(self.aws, inputs["vpcId"])
        )


def _moved(word: str, before: Sequence[str], now: Sequence[str]) -> dict[str, list[str]]:
    """Return what to add and what to remove, as ModifyVpcEndpoint takes it."""
    moves = {f"Add{word}": sorted(set(now) - set(before)), f"Remove{word}": sorted(set(before) - set(now))}
    return {key: ids for key, ids in moves.items() if ids}


RESOURCES = (RouteTable, Route, RouteTableAssociation, VpcEndpoint)
