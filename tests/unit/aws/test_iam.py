"""Policy documents, and who may enter."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components import settings
from components.aws import iam
from components.cluster import access

ROLE = "arn:aws:iam::111122223333:role"


def statement(document: str) -> dict[str, Any]:
    (only,) = json.loads(document)["Statement"]
    return dict(only)


def cluster(admins: tuple[str, ...] = (), viewers: tuple[str, ...] = ()) -> settings.Cluster:
    return settings.Cluster(admins=admins, viewers=viewers)


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


def test_viewers_read_no_secrets() -> None:
    (entry,) = access.entries(cluster(viewers=(f"{ROLE}/viewer",)), {})
    assert entry.policy_arn == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    core = [rule for rule in access.viewer_rules() if rule.group == ""]
    assert all("secrets" not in rule.resources and "*" not in rule.resources for rule in core)
    assert all(rule.group != "*" for rule in access.viewer_rules())


def test_viewers_only_read() -> None:
    assert {verb for rule in access.viewer_rules() for verb in rule.verbs} == {"get", "list", "watch"}


def test_viewers_read_the_objects_of_istio() -> None:
    (entry,) = access.entries(cluster(viewers=(f"{ROLE}/viewer",)), {})
    assert entry.groups == (access.VIEWERS_GROUP,)
    assert set(access.ISTIO_GROUPS) <= {rule.group for rule in access.viewer_rules()}


def test_our_groups_are_none_that_eks_reserves() -> None:
    reserved = ("system:", "eks:", "aws:", "amazon:", "iam:")
    assert not access.VIEWERS_GROUP.startswith(reserved)


def test_admins_administer_the_cluster_in_their_partition() -> None:
    (entry,) = access.entries(cluster(admins=("arn:aws-us-gov:iam::111122223333:role/admin",)), {})
    assert entry.policy_arn == "arn:aws-us-gov:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    assert entry.groups == ()


principals = st.lists(st.sampled_from([f"{ROLE}/{name}" for name in ("a", "b", "c", "ops/a", "ops-a")])).map(tuple)


@given(admins=principals, viewers=principals)
@hypothesis_settings(max_examples=50)
def test_each_principal_has_one_entry_and_an_administrator_is_no_less(
    admins: tuple[str, ...], viewers: tuple[str, ...]
) -> None:
    entries = access.entries(cluster(admins, viewers), {})
    assert sorted(entry.principal_arn for entry in entries) == sorted({*admins, *viewers})
    assert len({entry.key for entry in entries}) == len(entries)
    for entry in entries:
        assert (entry.policy == access.CLUSTER_ADMIN) == (entry.principal_arn in admins)


def test_the_order_of_a_list_renames_nothing() -> None:
    one, other = f"{ROLE}/a", f"{ROLE}/b"
    assert access.entries(cluster((one, other)), {}) == access.entries(cluster((other, one)), {})
