"""Policy documents."""

import json
from typing import Any

import pytest

from components.aws import iam


def statement(document: str) -> dict[str, Any]:
    (only,) = json.loads(document)["Statement"]
    return dict(only)


def test_the_controller_may_register_targets_and_nothing_else() -> None:
    assert set(statement(iam.target_registration())["Action"]) == {
        "ec2:DescribeVpcs",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeInstances",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RegisterTargets",
        "elasticloadbalancing:DeregisterTargets",
    }


def test_pod_identity_may_tag_its_sessions() -> None:
    assert statement(iam.pod_identity_trust()) == {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }


def test_a_service_may_assume_its_role() -> None:
    assert statement(iam.assumed_by("ec2.amazonaws.com"))["Principal"] == {"Service": "ec2.amazonaws.com"}


def test_flow_logs_write_to_their_group_only() -> None:
    resources = statement(iam.write_flow_logs("arn:aws:logs:us-west-2:1:log-group:flow"))["Resource"]
    assert all(each.startswith("arn:aws:logs:us-west-2:1:log-group:flow") for each in resources)


def test_nodes_may_do_what_the_network_plugin_needs_before_the_identity_agent_runs() -> None:
    assert "AmazonEKS_CNI_Policy" in iam.NODE_POLICIES


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-west-2", "aws"), ("eu-central-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_managed_policies_are_those_of_the_partition(region: str, partition: str) -> None:
    assert iam.managed_policy("Some", region) == f"arn:{partition}:iam::aws:policy/Some"


def test_policies_of_one_name_are_attached_under_two() -> None:
    ours, aws = "arn:aws:iam::111122223333:policy/Ingress", "arn:aws:iam::aws:policy/Ingress"
    assert iam.policy_key(ours) != iam.policy_key(aws)
