"""A gateway on its own, as the engine is told about it."""

import json
from functools import cache
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components import settings
from components.gateways import plan as gateways
from components.gateways.component import MeshGateway, MeshGatewayArgs
from tests.support.unit import harness
from tests.support.unit.answers import Answered
from tests.support.unit.gateway_plans import TLS
from tests.support.unit.mesh_settings import mesh
from tests.support.unit.recorded import Stack

NAME = "gateway-public"
RULES = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
MODES = pytest.mark.parametrize("mode", TLS)


def gateway_of(mode: str, **written: Any) -> settings.Gateway:
    document = {"hosts": ["bookinfo/*"], "tls": TLS[mode], **written}
    return settings.Gateway.model_validate_json(json.dumps(document))


def plan_of(mode: str, **written: Any) -> gateways.GatewayPlan:
    return gateways.plan("public", gateway_of(mode, **written), mesh())


def program(asked: settings.Gateway, protect: bool) -> None:
    gateway = MeshGateway(
        NAME,
        MeshGatewayArgs(
            name="public",
            settings=asked,
            mesh=mesh(),
            vpc_id="vpc-1",
            vpc_cidr="10.0.0.0/16",
            private_subnet_ids=["subnet-a", "subnet-b"],
            public_subnet_ids=["subnet-c", "subnet-d"],
            cluster_security_group_id="sg-cluster",
            site=harness.site(protect=protect),
        ),
        pulumi.ResourceOptions(providers=[kubernetes.Provider("cluster", kubeconfig="{}")]),
    )
    pulumi.export("dnsName", gateway.dns_name)
    pulumi.export("promises", gateway.promises)


@cache
def built(mode: str, protect: bool = False, known: bool = False, written: str = "{}") -> Stack:
    asked = gateway_of(mode, **json.loads(written))
    answers = Answered() if known else None
    return harness.component(lambda: program(asked, protect), answers=answers)
