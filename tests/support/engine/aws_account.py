"""An AWS account as tests use one: resources by the names that a test gives them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.providers.aws import cloud
from local.providers.aws.provider import Aws
from local.providers.protocol.base import Inputs, Outputs, Request

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ADDRESS = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ROLE = "aws:iam/role:Role"
INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
PARAMETER = "aws:ssm/parameter:Parameter"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
ADDON = "aws:eks/addon:Addon"
ENTRY = "aws:eks/accessEntry:AccessEntry"
POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy")


class Account:
    """An account through the stand-in; resources by the name they were made with."""

    def __init__(self, aws: Aws, running: cloud.Cloud) -> None:
        self.aws, self.cloud = aws, running
        self.made: dict[str, tuple[str, str, Inputs, Outputs]] = {}

    def make(self, name: str, type_: str, /, **inputs: Any) -> str:
        """Create; the id."""
        id_, outputs = self.aws.create(type_, name, inputs)
        self.made[name] = (type_, id_, inputs, inputs | outputs)
        return id_

    def change(self, name: str, /, **inputs: Any) -> Outputs:
        """Update some inputs; all outputs."""
        type_, id_, olds, outputs = self.made[name]
        news = olds | inputs
        now = news | self.aws.update(type_, id_, olds, news, outputs)
        self.made[name] = (type_, id_, news, now)
        return now

    def drop(self, name: str) -> None:
        """Delete."""
        type_, id_, _, outputs = self.made[name]
        self.aws.delete(type_, id_, outputs)
        del self.made[name]

    def outputs(self, name: str) -> Outputs:
        """As the program would read them."""
        return self.made[name][3]

    def network(self) -> None:
        """A VPC with two private subnets that lead out."""
        self.make("vpc", VPC, cidrBlock="10.0.0.0/16", enableDnsSupport=True, enableDnsHostnames=True)
        vpc = self.made["vpc"][1]
        self.make("internet", GATEWAY, vpcId=vpc)
        self.make("table", TABLE, vpcId=vpc)
        self.make(
            "route",
            ROUTE,
            routeTableId=self.id("table"),
            destinationCidrBlock="0.0.0.0/0",
            gatewayId=self.id("internet"),
        )
        for index, zone in enumerate(("us-west-2a", "us-west-2b")):
            self.make(zone, SUBNET, vpcId=vpc, cidrBlock=f"10.0.{index}.0/24", availabilityZone=zone)
            self.make(f"{zone}-way", ASSOCIATION, subnetId=self.id(zone), routeTableId=self.id("table"))

    def balancer(self, **inputs: Any) -> None:
        """An NLB with a listener."""
        self.make("nlb-group", GROUP, name="nlb", description="NLB", vpcId=self.id("vpc"))
        self.make(
            "nlb",
            BALANCER,
            name="nlb",
            loadBalancerType="network",
            subnets=[self.id("us-west-2a"), self.id("us-west-2b")],
            securityGroups=[self.id("nlb-group")],
            **inputs,
        )
        self.make("targets", TARGETS, name="targets", protocol="TCP", port=80, targetType="ip", vpcId=self.id("vpc"))
        self.make("listener", LISTENER, **self.listener(80))

    def listener(self, port: int) -> Inputs:
        """Inputs of a listener of the NLB."""
        forward = {"type": "forward", "targetGroupArn": self.id("targets")}
        return {"loadBalancerArn": self.id("nlb"), "port": port, "protocol": "TCP", "defaultActions": [forward]}

    def role(self, name: str, service: str, *policies: str) -> str:
        """A role that a service assumes; its ARN."""
        self.make(name, ROLE, name=name, assumeRolePolicy=trust(service))
        for policy in policies:
            self.make(f"{name}-{policy}", ATTACHMENT, role=name, policyArn=f"arn:aws:iam::aws:policy/{policy}")
        return str(self.outputs(name)["arn"])

    def cluster(self, **inputs: Any) -> None:
        """A cluster without add-ons and nodes."""
        self.network()
        role = self.role("control-plane", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
        self.make(
            "cluster",
            CLUSTER,
            **{
                "name": "mesh",
                "roleArn": role,
                "version": "1.36",
                "bootstrapSelfManagedAddons": False,
                "vpcConfig": {"subnetIds": [self.id("us-west-2a"), self.id("us-west-2b")]},
                "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
                **inputs,
            },
        )

    def nodes(self, *policies: str, **inputs: Any) -> None:
        """A node group of the cluster."""
        role = self.role("nodes-role", "ec2.amazonaws.com", *policies)
        self.make(
            "nodes",
            NODES,
            **{
                "clusterName": "mesh",
                "nodeGroupName": "nodes",
                "nodeRoleArn": role,
                "subnetIds": [self.id("us-west-2a")],
                "scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 3},
                **inputs,
            },
        )

    def addon(self, name: str, /, **inputs: Any) -> None:
        """An add-on of the cluster."""
        self.make(name, ADDON, clusterName="mesh", addonName=name, addonVersion="v1.2.3-eksbuild.1", **inputs)

    def id(self, name: str) -> str:
        """Id of what was made."""
        return self.made[name][1]


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@contextmanager
def opened() -> Iterator[Account]:
    """An empty account while the block runs."""
    with cloud.running() as running:
        aws = Aws(running.session)
        with aws.answering(Request(urn="", type="", name="", preview=False, config={})):
            yield Account(aws, running)
