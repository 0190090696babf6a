"""What an NLB needs in an AWS account: a network, security groups with rules, a target group."""

from collections.abc import Mapping
from typing import Any

from components.settings import names
from local.providers.aws.session import Session

VPC = "10.0.0.0/16"


def network(session: Session) -> tuple[str, str, str, str]:
    """Make a VPC with a subnet; ids of the NLB's security group, of the cluster's, of the VPC, of the subnet."""
    ec2 = session.ec2
    vpc = ec2.create_vpc(CidrBlock=VPC)["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/20", AvailabilityZone="us-west-2a")["Subnet"]["SubnetId"]
    ours = ec2.create_security_group(GroupName="nlb", Description="nlb", VpcId=vpc)["GroupId"]
    theirs = ec2.create_security_group(
        GroupName="eks",
        Description="eks",
        VpcId=vpc,
        TagSpecifications=[
            {"ResourceType": "security-group", "Tags": [{"Key": "aws:eks:cluster-name", "Value": "mesh"}]}
        ],
    )["GroupId"]
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=ours, IpPermissions=everything)
    return ours, theirs, vpc, subnet


def open_ports(session: Session, ours: str, theirs: str, port: int, closed: frozenset[str]) -> None:
    """Write the rules of ``components.gateways.load_balancer``: visitors in, both sides of traffic and of checks."""
    ec2 = session.ec2
    if "visitors" not in closed:
        visitors = {"IpRanges": [{"CidrIp": "203.0.113.0/24"}]}
        ec2.authorize_security_group_ingress(GroupId=ours, IpPermissions=[_tcp(port) | visitors])
    for what, number in (("traffic", port), ("checks", names.STATUS_PORT)):
        if f"{what} out" not in closed:
            out = {"UserIdGroupPairs": [{"GroupId": theirs}]}
            ec2.authorize_security_group_egress(GroupId=ours, IpPermissions=[_tcp(number) | out])
        if f"{what} in" not in closed:
            into = {"UserIdGroupPairs": [{"GroupId": ours}]}
            ec2.authorize_security_group_ingress(GroupId=theirs, IpPermissions=[_tcp(number) | into])


def _tcp(port: int) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}


def target_group(session: Session, vpc: str, port: int, protocol: str, attributes: Mapping[str, str]) -> str:
    """Make one with quick health checks; its ARN."""
    arn: str = session.elb.create_target_group(
        Name="public",
        Protocol=protocol,
        Port=port,
        VpcId=vpc,
        TargetType="ip",
        HealthCheckProtocol="HTTP",
        HealthCheckPort=str(names.STATUS_PORT),
        HealthCheckPath=names.STATUS_PATH,
        HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    given = [{"Key": key, "Value": value} for key, value in attributes.items()]
    if given:
        session.elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=given)
    return arn
