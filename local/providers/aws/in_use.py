"""What still uses a network, and so keeps AWS from deleting it.

moto 5.2 deletes subnets, security groups, gateways and addresses in use; AWS does not, and the order of a destroy
is only right if somebody says so.
"""

from collections.abc import Iterator
from typing import Any

from local.providers.aws.session import Session, refuse


def subnet(aws: Session, subnet_id: str) -> None:
    """Refuse if something has an interface in the subnet."""
    users = [name for name, subnets, _ in _interfaces(aws) if subnet_id in subnets]
    if users:
        _violation("DeleteSubnet", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.", users)


def security_group(aws: Session, group_id: str) -> None:
    """Refuse if an interface carries the group, or a rule of another group names it."""
    users = [name for name, _, groups in _interfaces(aws) if group_id in groups]
    users += [f"rule {rule} of {group}" for group, rule in _references(aws, group_id) if group != group_id]
    if users:
        _violation("DeleteSecurityGroup", f"resource {group_id} has a dependent object", users)


def address(aws: Session, allocation_id: str) -> None:
    """Refuse if a NAT gateway uses the address."""
    holders = [
        gateway["NatGatewayId"]
        for gateway in nat_gateways(aws)
        if any(held.get("AllocationId") == allocation_id for held in gateway["NatGatewayAddresses"])
    ]
    if holders:
        text = f"Address with allocation ID {allocation_id} is in use ({', '.join(holders)})."
        refuse("ReleaseAddress", "InvalidIPAddress.InUse", text)


def public_addresses(aws: Session, vpc_id: str) -> None:
    """Refuse to detach the internet gateway while something has a public address."""
    holders = [each["NatGatewayId"] for each in nat_gateways(aws) if each["VpcId"] == vpc_id]
    holders += [
        each["LoadBalancerName"]
        for each in aws.elb.describe_load_balancers()["LoadBalancers"]
        if each["VpcId"] == vpc_id and each["Scheme"] == "internet-facing"
    ]
    if holders:
        text = (
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
            "detaching the gateway."
        )
        _violation("DetachInternetGateway", text, holders)


def vpc(aws: Session, vpc_id: str) -> None:
    """Refuse if anything but what AWS made with the VPC is left in it."""
    inside = [{"Name": "vpc-id", "Values": [vpc_id]}]
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    ec2 = aws.ec2
    left = [each["SubnetId"] for each in ec2.describe_subnets(Filters=inside)["Subnets"]]
    left += [each["InternetGatewayId"] for each in ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]]
    left += [each["VpcEndpointId"] for each in endpoints(aws, vpc_id)]
    left += [
        each["GroupId"]
        for each in ec2.describe_security_groups(Filters=inside)["SecurityGroups"]
        if each["GroupName"] != "default"
    ]
    left += [
        table["RouteTableId"]
        for table in ec2.describe_route_tables(Filters=inside)["RouteTables"]
        if not any(each.get("Main") for each in table["Associations"])
    ]
    if left:
        _violation("DeleteVpc", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.", left)


def nat_gateways(aws: Session) -> list[dict[str, Any]]:
    """Return the existing NAT gateways; EC2 lists deleted ones for an hour."""
    return [
        gateway
        for gateway in aws.ec2.describe_nat_gateways()["NatGateways"]
        if gateway["State"] not in ("deleting", "deleted")
    ]


def endpoints(aws: Session, vpc_id: str | None = None) -> list[dict[str, Any]]:
    """Return the existing endpoints of one VPC or all; moto lists deleted ones for ever."""
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}] if vpc_id else []
    found = aws.ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    return [endpoint for endpoint in found if endpoint["State"] not in ("deleting", "deleted")]


def _interfaces(aws: Session) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield the users of network interfaces, with their subnets and security groups."""
    for subnet_id, nodes in aws.kept.abandoned.items():
        yield f"interfaces that nodes of {nodes} left behind", [subnet_id], []
    for gateway in nat_gateways(aws):
        yield gateway["NatGatewayId"], [gateway["SubnetId"]], []
    for endpoint in endpoints(aws):
        groups = [each["GroupId"] for each in endpoint.get("Groups", [])]
        yield endpoint["VpcEndpointId"], endpoint.get("SubnetIds", []), groups
    for balancer in aws.elb.describe_load_balancers()["LoadBalancers"]:
        subnets = [each["SubnetId"] for each in balancer["AvailabilityZones"]]
        yield balancer["LoadBalancerName"], subnets, balancer.get("SecurityGroups", [])
    for name in aws.eks.list_clusters()["clusters"]:
        config = aws.eks.describe_cluster(name=name)["cluster"]["resourcesVpcConfig"]
        yield name, config.get("subnetIds", []), [config.get("clusterSecurityGroupId", "")]
        for group in aws.eks.list_nodegroups(clusterName=name)["nodegroups"]:
            nodes = aws.eks.describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"]
            yield f"{name}/{group}", nodes["subnets"], [config.get("clusterSecurityGroupId", "")]


def _references(aws: Session, group_id: str) -> Iterator[tuple[str, str]]:
    for rule in aws.ec2.describe_security_group_rules()["SecurityGroupRules"]:
        if rule.get("ReferencedGroupInfo", {}).get("GroupId") == group_id:
            yield rule["GroupId"], rule["SecurityGroupRuleId"]


def _violation(operation: str, text: str, users: list[str]) -> None:
    """Refuse with the users' names, which AWS omits and a reader of a failed test needs."""
    refuse(operation, "DependencyViolation", f"{text} (in use by {', '.join(users)})")
