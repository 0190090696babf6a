"""The control plane as the engine is told about it; traps by the numbers of ``conftest.py``."""

import json

import pytest

from components import settings
from tests.support.unit.cluster_stack import EKS, GROUP, eks, stack
from tests.support.unit.harness import ENVIRONMENT, TAGS
from tests.support.unit.recorded import Stack


def test_trap_1_no_explicit_aws_provider_reaches_pulumi_eks(preview: Stack) -> None:
    """It throws when one does and providerCredentialOpts is missing."""
    assert all(not node.provider for node in preview.of_type(EKS, GROUP))


def test_trap_3_pulumi_eks_makes_no_coredns_and_no_kube_proxy(preview: Stack) -> None:
    inputs = eks(preview).inputs
    assert inputs["corednsAddonOptions"]["enabled"] is False
    # Values alone would switch it on again.
    assert "configurationValues" not in inputs["corednsAddonOptions"]
    assert inputs["kubeProxyAddonOptions"]["enabled"] is False
    assert inputs["bootstrapSelfManagedAddons"] is False


def test_trap_5_pulumi_eks_makes_no_vpc_cni(preview: Stack) -> None:
    """Its own would need a role of its own OIDC provider, which it makes later."""
    inputs = eks(preview).inputs
    assert inputs["useDefaultVpcCni"] is True
    assert "vpcCniOptions" not in inputs


def test_trap_6_access_is_by_entries_alone(preview: Stack) -> None:
    inputs = eks(preview).inputs
    assert inputs["authenticationMode"] == "API"
    assert not {"roleMappings", "userMappings", "instanceRole", "instanceRoles"} & inputs.keys()


def test_trap_7_pulumi_eks_waits_for_a_public_endpoint() -> None:
    """It does so only when told so outright."""
    public = {"endpoint": {"public": True, "publicCidrs": ("192.0.2.0/24",)}}
    inputs = eks(stack(public)).inputs
    assert inputs["endpointPublicAccess"] is True
    assert inputs["publicAccessCidrs"] == ["192.0.2.0/24"]


def test_trap_8_the_oidc_provider_is_ours_and_asks_no_issuer_for_its_certificate(up: Stack) -> None:
    assert eks(up).inputs["createOidcProvider"] is False
    provider = up.one("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "cluster")
    assert provider.inputs["url"] == "https://oidc.eks.us-west-2.amazonaws.com/id/0123456789"
    assert provider.inputs["clientIdLists"] == ["sts.amazonaws.com"]
    assert "thumbprintLists" not in provider.inputs


def test_pulumi_eks_is_left_with_the_cluster_alone(preview: Stack) -> None:
    """What it makes besides is out of sight of previews and of the destroy guard."""
    inputs = eks(preview).inputs
    assert inputs["serviceRole"] == {"resource": preview.one("aws:iam/role:Role", "cluster-control-plane").urn}
    assert "accessEntries" not in inputs


def test_the_control_plane_has_its_policy_until_it_is_gone(preview: Stack) -> None:
    role = preview.one("aws:iam/role:Role", "cluster-control-plane")
    assert json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]["Principal"] == {"Service": "eks.amazonaws.com"}
    attachment = preview.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "cluster-AmazonEKSClusterPolicy")
    assert attachment.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    assert eks(preview).reaches(attachment)


def test_trap_10_a_private_endpoint_has_no_public_list() -> None:
    """pulumi-eks throws."""
    inputs = eks(stack({"endpoint": {"public": False, "publicCidrs": ("192.0.2.0/24",)}})).inputs
    assert inputs["endpointPublicAccess"] is False
    assert "publicAccessCidrs" not in inputs


@pytest.mark.parametrize("public", [True, False])
def test_the_api_always_answers_inside_the_vpc(public: bool) -> None:
    changes = {"endpoint": {"public": public, "publicCidrs": ("192.0.2.0/24",)}}
    assert eks(stack(changes)).inputs["endpointPrivateAccess"] is True


def test_no_default_nodes_and_no_default_vpc(preview: Stack) -> None:
    inputs = eks(preview).inputs
    assert inputs["skipDefaultNodeGroup"] is True
    assert inputs["createInstanceRole"] is False
    assert inputs["vpcId"] == "vpc-1"
    assert inputs["privateSubnetIds"] == ["subnet-a", "subnet-b"]
    assert inputs["publicSubnetIds"] == ["subnet-c"]
    assert "subnetIds" not in inputs


def test_extended_support_is_never_paid_for(preview: Stack) -> None:
    assert eks(preview).inputs["upgradePolicy"] == {"supportType": "STANDARD"}


def test_the_log_group_is_ours_before_eks_makes_its_own(preview: Stack) -> None:
    logs = preview.one("aws:cloudwatch/logGroup:LogGroup", "cluster-logs")
    assert logs.inputs["name"] == f"/aws/eks/{ENVIRONMENT}/cluster"
    assert logs.inputs["retentionInDays"] == settings.Cluster().log_retention_days
    assert eks(preview).reaches(logs)


def test_all_logs_of_the_control_plane_are_kept(preview: Stack) -> None:
    assert set(eks(preview).inputs["enabledClusterLogTypes"]) == {
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    }


def test_secrets_are_encrypted_by_a_key_of_ours_that_rotates(up: Stack) -> None:
    key = up.one("aws:kms/key:Key", "cluster-secrets")
    assert key.inputs["enableKeyRotation"] is True
    assert eks(up).inputs["encryptionConfigKeyArn"].endswith("key/cluster-secrets")
    assert eks(up).reaches(key)


@pytest.mark.parametrize("protect", [True, False])
def test_protect_has_aws_refuse_the_deletion_and_no_component_protected(protect: bool) -> None:
    """Trap 11."""
    found = stack(protect=protect)
    assert eks(found).inputs["deletionProtection"] is protect
    assert not any(node.options["protect"] for node in found.nodes)


def test_tags_reach_what_pulumi_eks_makes(preview: Stack) -> None:
    assert eks(preview).inputs["tags"] == TAGS
    assert eks(preview).inputs["clusterTags"] == {"Name": ENVIRONMENT}


def test_the_group_for_gateway_rules_is_that_of_the_nodes(up: Stack) -> None:
    assert up.outputs["securityGroupId"] == "sg-c"
