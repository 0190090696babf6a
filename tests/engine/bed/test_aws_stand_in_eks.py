"""The aws stand-in's EKS: what moto keeps, and what AWS's model and its known refusals decide."""

import json
from collections.abc import Iterator

import pytest

from local.providers.aws import cloud
from local.providers.protocol.failures import RefusedError
from tests.support.engine.aws_account import CLUSTER, ENTRY, IDENTITY, LOGS, NODE_POLICIES, POLICY, Account, opened


@pytest.fixture
def account() -> Iterator[Account]:
    with opened() as empty:
        yield empty


def test_a_cluster_brings_its_group_and_its_creators_access(account: Account) -> None:
    account.cluster()
    assert account.outputs("cluster")["vpcConfig"]["vpcId"] == account.id("vpc")
    with pytest.raises(RefusedError, match=r"ResourceInUseException.*already in use"):
        account.make("creator", ENTRY, clusterName="mesh", principalArn=cloud.DEPLOYER)
    account.drop("cluster")
    assert not [left for left in account.cloud.leftovers() if left.startswith(("eks", "security group eks"))]


def test_a_cluster_makes_its_own_log_group_when_there_is_none(account: Account) -> None:
    account.cluster(enabledClusterLogTypes=["api"])
    with pytest.raises(RefusedError, match="ResourceAlreadyExistsException"):
        account.make("logs", LOGS, name="/aws/eks/mesh/cluster")


def test_a_protected_cluster_stays(account: Account) -> None:
    account.cluster(deletionProtection=True)
    with pytest.raises(RefusedError, match="deletion protection"):
        account.drop("cluster")
    account.change("cluster", deletionProtection=False)
    account.drop("cluster")


def test_a_cluster_needs_a_role_that_may_and_two_zones(account: Account) -> None:
    account.network()
    subnets = [account.id("us-west-2a"), account.id("us-west-2b")]
    wrong = account.role("wrong", "ec2.amazonaws.com", "AmazonEKSClusterPolicy")
    idle = account.role("idle", "eks.amazonaws.com")
    able = account.role("able", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
    for role, zones, reason in (
        (wrong, subnets, "trust relationships"),
        (idle, subnets, "AmazonEKSClusterPolicy"),
        (able, subnets[:1], "two different AZs"),
    ):
        with pytest.raises(RefusedError, match=reason):
            account.make("mesh", CLUSTER, name="mesh", roleArn=role, vpcConfig={"subnetIds": zones})


@pytest.mark.parametrize("missing", [*NODE_POLICIES, "vpc-cni", "kube-proxy", "route"])
def test_nodes_join_only_when_everything_they_need_is_there(account: Account, missing: str) -> None:
    account.cluster()
    for addon in {"vpc-cni", "kube-proxy"} - {missing}:
        account.addon(addon)
    if missing == "route":
        account.drop("route")
    with pytest.raises(RefusedError, match="NodeCreationFailure"):
        account.nodes(*(policy for policy in NODE_POLICIES if policy != missing))


def test_nodes_join(account: Account) -> None:
    account.cluster()
    account.addon("vpc-cni")
    account.addon("kube-proxy")
    account.nodes(*NODE_POLICIES)
    with pytest.raises(RefusedError, match=r"ResourceInUseException.*nodegroups attached"):
        account.drop("cluster")
    with pytest.raises(RefusedError, match="ascending order"):
        account.change("nodes", scalingConfig={"minSize": 2, "desiredSize": 1, "maxSize": 3})
    with pytest.raises(RefusedError, match="InvalidLaunchTemplateId"):
        account.change("nodes", launchTemplate={"id": "lt-00000000000000000", "version": "1"})


def test_nodes_without_rights_leave_interfaces_behind(account: Account) -> None:
    account.cluster()
    account.addon("vpc-cni")
    account.addon("kube-proxy")
    account.nodes(*NODE_POLICIES)
    account.drop("nodes-role-AmazonEKS_CNI_Policy")
    account.drop("nodes")
    account.drop("cluster")
    account.drop("us-west-2a-way")
    with pytest.raises(RefusedError, match=r"DependencyViolation.*left behind"):
        account.drop("us-west-2a")


def test_add_ons_are_checked_against_what_aws_knows(account: Account) -> None:
    account.cluster()
    with pytest.raises(RefusedError, match=r"is not supported in 1\.36"):
        account.addon("istio-cni")
    with pytest.raises(RefusedError, match=r"\$\.ENABLE_PREFIX_DELEGATION: is not defined in the schema"):
        account.addon("vpc-cni", configurationValues='{"ENABLE_PREFIX_DELEGATION": "true"}')
    with pytest.raises(RefusedError, match="not JSON"):
        account.addon("vpc-cni", configurationValues="env: {}")
    with pytest.raises(RefusedError, match="enum value set"):
        account.addon("vpc-cni", resolveConflictsOnCreate="FORCE")
    account.addon("vpc-cni")
    with pytest.raises(RefusedError, match="Addon already exists"):
        account.addon("vpc-cni")


def test_coredns_needs_nodes_that_take_it(account: Account) -> None:
    account.cluster()
    account.addon("vpc-cni")
    account.addon("kube-proxy")
    with pytest.raises(RefusedError, match="InsufficientNumberOfReplicas"):
        account.addon("coredns")
    account.nodes(
        *NODE_POLICIES,
        labels={"group": "system"},
        taints=[{"key": "dedicated", "value": "mesh", "effect": "NO_SCHEDULE"}],
    )
    with pytest.raises(RefusedError, match="InsufficientNumberOfReplicas"):
        account.addon("coredns")
    tolerates = {"nodeSelector": {"group": "system"}, "tolerations": [{"key": "dedicated", "operator": "Exists"}]}
    account.addon("coredns", configurationValues=json.dumps(tolerates))


def test_access_entries_and_policies(account: Account) -> None:
    account.cluster()
    who = f"arn:aws:iam::{cloud.ACCOUNT}:role/team"
    entry = {"clusterName": "mesh", "principalArn": who}
    policy = {**entry, "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"}
    with pytest.raises(RefusedError, match="could not be found"):
        account.make("view", POLICY, **policy, accessScope={"type": "cluster"})
    with pytest.raises(RefusedError, match="cannot start with system:"):
        account.make("team", ENTRY, **entry, kubernetesGroups=["system:masters"])
    account.make("team", ENTRY, **entry, kubernetesGroups=["team"])
    with pytest.raises(RefusedError, match="enum value set"):
        account.make("view", POLICY, **policy, accessScope={"type": "everything"})
    account.make("view", POLICY, **policy, accessScope={"type": "cluster"})


def test_one_identity_a_service_account_with_a_role_that_lets_pods_in(account: Account) -> None:
    account.cluster()
    place = {"clusterName": "mesh", "namespace": "kube-system", "serviceAccount": "controller"}
    with pytest.raises(RefusedError, match=r"does not let pods.eks.amazonaws.com"):
        account.make("identity", IDENTITY, **place, roleArn=account.role("other", "ec2.amazonaws.com"))
    role = account.role("pods", "pods.eks.amazonaws.com")
    account.make("identity", IDENTITY, **place, roleArn=role)
    with pytest.raises(RefusedError, match="ResourceInUseException"):
        account.make("twin", IDENTITY, **place, roleArn=role)
