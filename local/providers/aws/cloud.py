"""AWS on this machine: one moto backend for one run, and what is left in it afterwards."""

import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto import mock_aws
from moto.acm.models import CertBundle, acm_backends

from local.providers.aws import in_use
from local.providers.aws.session import Session
from local.providers.tls import certificates

ACCOUNT = "210987654321"
REGION = "us-west-2"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/deployer"


class Cloud:
    """An account in one region; ``session`` is how to look into it, and what the aws stand-in works with."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def leftovers(self) -> list[str]:
        """List everything in the account except AWS's own defaults: ``kind id``, sorted.

        Keys whose deletion is scheduled count as gone.
        """
        with self.session.lock:
            return sorted([*self._network(), *self._entrance(), *self._cluster(), *self._rest()])

    def issue(self, arn: str, now: datetime.datetime) -> None:
        """Create an ACM certificate under this ARN, as settings may name one; its validity begins now."""
        key, certificate = certificates.throw_away("certificate.example", now)
        bundle = CertBundle(
            self.session.account, certificate.encode(), key.encode(), region=self.session.region, cert_type="IMPORTED"
        )
        bundle.arn = arn
        # moto's ImportCertificate chooses the ARN of a new certificate itself.
        acm_backends[self.session.account][self.session.region]._certificates[arn] = bundle  # noqa: SLF001 - see above

    def _network(self) -> Iterator[str]:
        ec2 = self.session.ec2
        vpcs = [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
        default = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]} - set(vpcs)
        yield from (f"vpc {vpc}" for vpc in vpcs)
        yield from (
            f"subnet {each['SubnetId']}" for each in ec2.describe_subnets()["Subnets"] if each["VpcId"] not in default
        )
        yield from (
            f"security group {each['GroupId']} ({each['GroupName']})"
            for each in ec2.describe_security_groups()["SecurityGroups"]
            if each["VpcId"] not in default
        )
        yield from (
            f"route table {each['RouteTableId']}"
            for each in ec2.describe_route_tables()["RouteTables"]
            if each["VpcId"] not in default
        )
        yield from (
            f"internet gateway {each['InternetGatewayId']}"
            for each in ec2.describe_internet_gateways()["InternetGateways"]
        )
        yield from (f"nat gateway {each['NatGatewayId']}" for each in in_use.nat_gateways(self.session))
        yield from (f"address {each['AllocationId']}" for each in ec2.describe_addresses()["Addresses"])
        yield from (f"vpc endpoint {each['VpcEndpointId']}" for each in in_use.endpoints(self.session))
        yield from (f"flow log {each['FlowLogId']}" for each in ec2.describe_flow_logs()["FlowLogs"])
        yield from (
            f"launch template {each['LaunchTemplateName']}"
            for each in ec2.describe_launch_templates()["LaunchTemplates"]
        )

    def _entrance(self) -> Iterator[str]:
        elb = self.session.elb
        yield from (
            f"load balancer {each['LoadBalancerName']}" for each in elb.describe_load_balancers()["LoadBalancers"]
        )
        yield from (f"target group {each['TargetGroupName']}" for each in elb.describe_target_groups()["TargetGroups"])

    def _cluster(self) -> Iterator[str]:
        kept = self.session.kept
        yield from (f"eks cluster {name}" for name in self.session.eks.list_clusters()["clusters"])
        yield from (f"eks add-on {cluster}/{name}" for cluster, name in kept.addons)
        yield from (f"eks access entry {cluster}/{principal}" for cluster, principal in kept.entries)
        yield from (f"eks pod identity association {id_}" for id_ in kept.associations)
        yield from (f"interface of {nodes} in {subnet}" for subnet, nodes in kept.abandoned.items())

    def _rest(self) -> Iterator[str]:
        iam, kms, logs = self.session.iam, self.session.kms, self.session.logs
        yield from (f"role {each['RoleName']}" for each in iam.list_roles()["Roles"])
        providers = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        yield from (f"identity provider {each['Arn']}" for each in providers)
        states = (kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"] for each in kms.list_keys()["Keys"])
        yield from (
            f"key {key['KeyId']}"
            for key in states
            if key["KeyState"] != "PendingDeletion" and key["KeyManager"] == "CUSTOMER"
        )
        aliases = (each["AliasName"] for each in kms.list_aliases()["Aliases"])
        yield from (f"key {alias}" for alias in aliases if not alias.startswith("alias/aws/"))
        parameters = self.session.ssm.describe_parameters()["Parameters"]
        yield from (f"parameter {each['Name']}" for each in parameters)
        yield from (f"log group {each['logGroupName']}" for each in logs.describe_log_groups()["logGroups"])


@contextmanager
def running(*, region: str = REGION, account: str = ACCOUNT, caller_arn: str = DEPLOYER) -> Iterator[Cloud]:
    """Run an empty AWS account during the block; one at a time in a process.

    caller_arn: the role that works in it.
    """
    # Machine images of EC2 take moto longer to read than everything else, and nobody here looks at them.
    os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    config: Any = {"core": {"mock_credentials": False}, "iam": {"load_aws_managed_policies": True}}
    with mock_aws(config=config):
        yield Cloud(Session(region=region, account=account, caller_arn=caller_arn))
