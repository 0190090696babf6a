"""What AWS lets through: networks, public endpoints, what nodes and logs keep."""

from typing import Any

from tests.support.unit.diff_risks.case import Case, Cases, Resource
from tests.support.unit.diff_risks.resources import cluster, load_balancer
from tests.support.unit.diff_world import resource

INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def ingress_rule(cidr: str, port: int = 443, last: int = 0) -> Resource:
    inputs = {"cidrIpv4": cidr, "fromPort": port, "toPort": last or port, "ipProtocol": "tcp"}
    return resource(INGRESS_RULE, "in", inputs)


def launch_template(**inputs: Any) -> Resource:
    return resource("aws:ec2/launchTemplate:LaunchTemplate", "nodes", inputs)


RISKY: Cases = {
    "endpoint-is-opened": [
        Case(
            id="public",
            before=[cluster(endpointPublicAccess=False)],
            after=[cluster(endpointPublicAccess=True)],
            says="reachable from the internet",
        ),
        Case(
            id="range",
            before=[cluster(publicAccessCidrs=["8.8.8.0/24"])],
            after=[cluster(publicAccessCidrs=["8.8.8.0/24", "0.0.0.0/0"])],
            says="0.0.0.0/0 is added",
        ),
        Case(
            id="balancer",
            before=[load_balancer(internal=True)],
            after=[load_balancer(internal=False)],
            says="becomes internet-facing",
        ),
    ],
    "network-is-opened": [
        Case(id="new", after=[ingress_rule("0.0.0.0/0")], says="allows 0.0.0.0/0 on tcp 443"),
        Case(id="wider", before=[ingress_rule("10.0.0.0/16")], after=[ingress_rule("10.0.0.0/8")], says="10.0.0.0/8"),
        Case(
            id="ports",
            before=[ingress_rule("10.0.0.0/8")],
            after=[ingress_rule("10.0.0.0/8", 1, 65535)],
            says="tcp 1-65535",
        ),
        Case(
            id="group",
            after=[resource(INGRESS_RULE, "in", {"referencedSecurityGroupId": "[unknown]", "ipProtocol": "-1"})],
            says="another security group on every port",
        ),
    ],
    "nodes-are-opened": [
        Case(
            id="tokens",
            before=[launch_template(metadataOptions={"httpTokens": "required"})],
            after=[launch_template(metadataOptions={"httpTokens": "optional"})],
            says="httpTokens: required \u2192 optional",
        ),
        Case(
            id="hops",
            before=[launch_template(metadataOptions={"httpPutResponseHopLimit": 1})],
            after=[launch_template(metadataOptions={"httpPutResponseHopLimit": 2})],
            says="pods can reach the instance metadata",
        ),
        Case(
            id="disk",
            before=[launch_template(blockDeviceMappings=[{"ebs": {"encrypted": "true"}}])],
            after=[launch_template(blockDeviceMappings=[{"ebs": {"encrypted": "false"}}])],
            says="encrypted",
        ),
    ],
    "records-are-lost": [
        Case(id="flow-log", before=[resource("aws:ec2/flowLog:FlowLog", "flow")], says="no longer recorded"),
        Case(
            id="logs",
            before=[cluster(enabledClusterLogTypes=["api", "audit"])],
            after=[cluster(enabledClusterLogTypes=["api"])],
            says="no longer includes audit",
        ),
        Case(
            id="retention",
            before=[resource("aws:cloudwatch/logGroup:LogGroup", "logs", {"retentionInDays": 90})],
            after=[resource("aws:cloudwatch/logGroup:LogGroup", "logs", {"retentionInDays": 7})],
            says="90 \u2192 7",
        ),
    ],
}

CALM: Cases = {
    "endpoint-is-opened": [
        Case(
            id="closed",
            before=[cluster(endpointPublicAccess=True, publicAccessCidrs=["0.0.0.0/0"])],
            after=[cluster(endpointPublicAccess=True, publicAccessCidrs=["8.8.8.0/24"])],
        )
    ],
    "network-is-opened": [
        Case(id="narrower", before=[ingress_rule("10.0.0.0/8", 1, 99)], after=[ingress_rule("10.0.0.0/16", 2, 98)]),
        Case(id="gone", before=[ingress_rule("0.0.0.0/0")]),
    ],
    "nodes-are-opened": [
        Case(
            id="closed",
            before=[launch_template(metadataOptions={"httpTokens": "optional", "httpPutResponseHopLimit": 2})],
            after=[launch_template(metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 1})],
        )
    ],
    "records-are-lost": [
        Case(
            id="longer",
            before=[resource("aws:cloudwatch/logGroup:LogGroup", "logs", {"retentionInDays": 7})],
            after=[resource("aws:cloudwatch/logGroup:LogGroup", "logs", {"retentionInDays": 0})],
        )
    ],
}
