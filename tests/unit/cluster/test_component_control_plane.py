"""Cluster, nodes, add-ons and load balancer controller as the engine is told about them.

Traps of pulumi-eks and EKS that only a real run shows; tests name them by number:

1. An AWS provider given outright makes pulumi-eks throw unless providerCredentialOpts come with it.
2. A node group without a list of subnets takes all of the cluster's, public ones too.
3. pulumi-eks makes CoreDNS before there is a node; it is DEGRADED for twenty minutes, then failed.
4. An add-on without a pinned version takes the most recent one, at any ``up``.
5. The VPC CNI of pulumi-eks wants a role of an OIDC provider that is made later.
6. EKS makes the cluster's creator an administrator, and answers a second entry with 409.
7. pulumi-eks waits for a public endpoint only when told outright that it is public.
8. The OIDC provider of pulumi-eks asks the issuer for its certificate.
9. Nodes in a security group of pulumi-eks are not in the one that EKS makes.
10. pulumi-eks throws when a private endpoint comes with a list of public ranges.
11. ``protect`` on a component spreads to all its children, whose order of deletion then breaks.
12. A cluster given to a node group as input is no dependency of it.
"""

import json
from typing import Any

import pulumi
import pytest

from components import settings
from components.cluster import kubeconfig, nodes
from components.cluster.access import AccessPlan
from components.cluster.component import Cluster, ClusterArgs
from components.cluster.component_access import AccessEntries, AccessEntriesArgs
from components.cluster.component_viewers import Viewers
from tests.support.unit.harness import ENVIRONMENT, REGION, TAGS, Answered, Node, Stack, component, site

EKS = "eks:index:Cluster"
GROUP = "eks:index:ManagedNodeGroup"
ADMIN = "arn:aws:iam::111122223333:role/admin"
VIEWER = "arn:aws:iam::111122223333:role/viewer"
INGRESS = "arn:aws:iam::111122223333:policy/Ingress"


def stack(changes: dict[str, Any] | None = None, *, protect: bool = False, up: bool = False) -> Stack:
    """``up``: providers answer."""
    made = settings.Cluster.model_validate({"admins": (ADMIN,), "viewers": (VIEWER,), **(changes or {})})

    def program() -> None:
        cluster = Cluster(
            "cluster",
            ClusterArgs(
                settings=made,
                vpc_id="vpc-1",
                private_subnet_ids=["subnet-a", "subnet-b"],
                public_subnet_ids=["subnet-c"],
                site=site(protect=protect),
            ),
        )
        pulumi.export("kubeconfig", cluster.kubeconfig)
        pulumi.export("securityGroupId", cluster.security_group_id)

    return component(program, answers=Answered() if up else None)


@pytest.fixture(scope="module")
def preview() -> Stack:
    return stack()


@pytest.fixture(scope="module")
def up() -> Stack:
    return stack(up=True)


def eks(of: Stack) -> Node:
    return of.one(EKS, "cluster")


def controller(of: Stack) -> Node:
    return of.release("aws-load-balancer-controller")


# The cluster


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


def test_trap_6_the_deployer_gets_no_entry() -> None:
    """EKS made it administrator already; a second entry is answered with 409."""
    deployer = "arn:aws:iam::111122223333:role/deployer"
    assert deployer not in {node.inputs["principalArn"] for node in entries(stack({"deployer": deployer}))}


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


def test_trap_9_nodes_carry_the_group_that_eks_makes(preview: Stack) -> None:
    assert eks(preview).inputs["skipDefaultSecurityGroups"] is True
    assert all("vpcSecurityGroupIds" not in node.inputs for node in launch_templates(preview))
    assert all("networkInterfaces" not in node.inputs for node in launch_templates(preview))


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


# The way in


def test_the_provider_updates_secrets_in_place_and_knows_its_cluster(up: Stack) -> None:
    provider = up.one("pulumi:providers:kubernetes", "cluster-kubernetes")
    # Provider inputs are text on the wire.
    assert provider.inputs["enableSecretMutable"] in (True, "true")
    assert provider.inputs["enableConfigMapMutable"] in (True, "true")
    assert provider.inputs["clusterIdentifier"].startswith("arn:aws:eks:")
    assert provider.reaches(eks(up))


def test_the_kubeconfig_is_plain_and_signs_in_whoever_uses_it(up: Stack) -> None:
    shown = up.outputs["kubeconfig"]
    user = json.loads(shown)["users"][0]["user"]
    assert list(user) == ["exec"], "no token, no certificate, no password"
    assert user["exec"]["command"] == "aws"
    assert user["exec"]["apiVersion"] == "client.authentication.k8s.io/v1beta1"


def test_a_kubeconfig_names_its_cluster_and_region() -> None:
    made = json.loads(kubeconfig.render("mesh", "https://api", "Y2E=", "eu-west-1"))
    assert made["clusters"][0]["cluster"] == {"server": "https://api", "certificate-authority-data": "Y2E="}
    args = made["users"][0]["user"]["exec"]["args"]
    assert args[args.index("--cluster-name") + 1] == "mesh"
    assert args[args.index("--region") + 1] == "eu-west-1"
    assert made["current-context"] == made["contexts"][0]["name"]


def test_the_group_for_gateway_rules_is_that_of_the_nodes(up: Stack) -> None:
    assert up.outputs["securityGroupId"] == "sg-c"


# Access entries


def entries(of: Stack) -> list[Node]:
    return of.of_type("aws:eks/accessEntry:AccessEntry")


def test_each_principal_has_an_entry_with_its_policy_for_the_whole_cluster(up: Stack) -> None:
    assert {node.inputs["principalArn"]: node.inputs["kubernetesGroups"] for node in entries(up)} == {
        ADMIN: [],
        VIEWER: ["istio-eks:viewers"],
    }
    policies = up.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert {node.inputs["principalArn"]: node.inputs["policyArn"].split("/")[-1] for node in policies} == {
        ADMIN: "AmazonEKSClusterAdminPolicy",
        VIEWER: "AmazonEKSViewPolicy",
    }
    assert all(node.inputs["accessScope"] == {"type": "cluster"} for node in policies)


def test_a_policy_waits_for_its_entry_and_the_entry_for_the_cluster(up: Stack) -> None:
    for policy in up.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation"):
        entry = up.one("aws:eks/accessEntry:AccessEntry", policy.name)
        assert policy.reaches(entry)
        assert entry.reaches(eks(up))


def test_an_entry_without_a_policy_has_its_groups_alone() -> None:
    plan = AccessPlan(principal_arn=VIEWER, groups=("istio-eks:shop:editors", "istio-eks:web:editors"))
    args = AccessEntriesArgs(cluster_name="c", plans=[plan], site=site())
    found = component(lambda: AccessEntries("access", args))
    assert found.one("aws:eks/accessEntry:AccessEntry", "access-111122223333/role/viewer").inputs == {
        "clusterName": "c",
        "principalArn": VIEWER,
        "kubernetesGroups": ["istio-eks:shop:editors", "istio-eks:web:editors"],
        "type": "STANDARD",
        "tags": site().named("access"),
    }
    assert found.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation") == []


# Nodes


def groups(of: Stack) -> list[Node]:
    return of.of_type(GROUP)


def launch_templates(of: Stack) -> list[Node]:
    return of.of_type("aws:ec2/launchTemplate:LaunchTemplate")


def test_there_are_two_groups(preview: Stack) -> None:
    assert sorted(node.name for node in groups(preview)) == ["cluster-nodes-apps", "cluster-nodes-system"]


def test_trap_2_nodes_stand_in_private_subnets(preview: Stack) -> None:
    """Without a list pulumi-eks takes all subnets of the cluster, public ones too."""
    assert all(node.inputs["subnetIds"] == ["subnet-a", "subnet-b"] for node in groups(preview))


def test_trap_12_a_cluster_as_input_is_no_dependency_so_there_is_one(preview: Stack) -> None:
    urn = eks(preview).urn
    assert all(urn in node.resource["dependencies"] for node in groups(preview))


def test_nodes_outlive_none_of_their_roles_policies(preview: Stack) -> None:
    attachments = preview.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    of_nodes = [node for node in attachments if node.name.startswith("cluster-nodes-")]
    assert {node.inputs["policyArn"].split("/")[-1] for node in of_nodes} == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKS_CNI_Policy",
        "AmazonSSMManagedInstanceCore",
    }
    assert all(group.reaches(attachment) for group in groups(preview) for attachment in of_nodes)


def test_nodes_are_upgraded_with_the_control_plane() -> None:
    """pulumi-eks leaves the version out as soon as there is a launch template."""
    assert {node.inputs["version"] for node in groups(stack({"version": "1.35"}))} == {"1.35"}


def test_an_autoscalers_choice_is_kept(preview: Stack) -> None:
    """Not by ignore_changes: the engine drops that on a component."""
    assert all(node.inputs["ignoreScalingChanges"] is True for node in groups(preview))
    assert all(not node.options["ignoreChanges"] for node in groups(preview))


def test_a_group_uses_the_newest_version_of_its_own_template(preview: Stack) -> None:
    for group in groups(preview):
        assert set(group.inputs["launchTemplate"]) == {"id", "version"}
        assert group.reaches(preview.one("aws:ec2/launchTemplate:LaunchTemplate", group.name))


def test_what_stands_in_the_template_is_not_given_to_pulumi_eks_too(preview: Stack) -> None:
    """It throws, or makes a second template with hop limit 2."""
    conflicting = {"enableIMDSv2", "diskSize", "userData", "amiId", "kubeletExtraArgs", "bootstrapExtraArgs"}
    conflicting |= {"nodeadmExtraOptions", "bottlerocketSettings", "enableEfaSupport", "operatingSystem", "nodeRole"}
    assert all(not conflicting & node.inputs.keys() for node in groups(preview))


def test_eks_computes_the_pod_limit_because_no_image_is_named(preview: Stack) -> None:
    assert all("imageId" not in node.inputs and "userData" not in node.inputs for node in launch_templates(preview))
    assert {node.inputs["amiType"] for node in groups(preview)} == {"AL2023_x86_64_STANDARD"}


def test_pods_do_not_reach_the_credentials_of_their_node(preview: Stack) -> None:
    for template in launch_templates(preview):
        assert template.inputs["metadataOptions"] == {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        }


def test_disks_are_encrypted_gp3_of_the_size_asked() -> None:
    found = stack({"nodes": {"apps": {"diskGib": 80}}})
    (mapping,) = found.one("aws:ec2/launchTemplate:LaunchTemplate", "cluster-nodes-apps").inputs["blockDeviceMappings"]
    assert mapping["ebs"] == {
        "volumeType": "gp3",
        "volumeSize": 80,
        "encrypted": "true",
        "deleteOnTermination": "true",
    }


def test_instances_disks_and_interfaces_carry_the_stacks_tags(preview: Stack) -> None:
    for template in launch_templates(preview):
        tagged = {each["resourceType"]: each["tags"] for each in template.inputs["tagSpecifications"]}
        assert set(tagged) == {"instance", "volume", "network-interface"}
        assert all(TAGS.items() <= tags.items() for tags in tagged.values())


def test_taints_are_written_as_eks_wants_them(preview: Stack) -> None:
    taints = {node.name: node.inputs["taints"] for node in groups(preview)}
    assert taints == {
        "cluster-nodes-system": [{"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}],
        "cluster-nodes-apps": [{"key": "cni.istio.io/not-ready", "value": "true", "effect": "NO_SCHEDULE"}],
    }


# Add-ons


def made_addons(of: Stack) -> list[Node]:
    return of.of_type("aws:eks/addon:Addon")


def test_addons_stay_while_the_cluster_is_taken_down(preview: Stack) -> None:
    assert len(made_addons(preview)) == 5
    assert all(node.inputs["preserve"] is True for node in made_addons(preview))


def test_addons_take_over_what_they_find(preview: Stack) -> None:
    for node in made_addons(preview):
        assert node.inputs["resolveConflictsOnCreate"] == "OVERWRITE"
        assert node.inputs["resolveConflictsOnUpdate"] == "OVERWRITE"


def test_trap_4_addons_are_pinned(preview: Stack) -> None:
    assert all(node.inputs["addonVersion"].startswith("v") for node in made_addons(preview))


def test_addons_wait_for_the_cluster(up: Stack) -> None:
    assert all(node.reaches(eks(up)) for node in made_addons(up))


def test_the_disk_driver_has_its_permissions_before_it_starts() -> None:
    found = stack({"addons": {"aws-ebs-csi-driver": {}}}, up=True)
    driver = found.one("aws:eks/addon:Addon", "cluster-addons-aws-ebs-csi-driver")
    (association,) = driver.inputs["podIdentityAssociations"]
    assert association["serviceAccount"] == "ebs-csi-controller-sa"
    attachment = found.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "cluster-addons-aws-ebs-csi-driver")
    assert driver.reaches(attachment)


# The load balancer controller


def test_the_controller_has_its_identity_before_its_pods_and_after_them() -> None:
    found = stack({"loadBalancerController": {"policyArns": (INGRESS,)}})
    association = found.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "cluster-controller-identity")
    assert controller(found).reaches(association)
    assert controller(found).reaches(found.one("aws:iam/rolePolicy:RolePolicy", "cluster-controller-identity"))
    more = [
        node
        for node in found.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if node.inputs["policyArn"] == INGRESS
    ]
    assert len(more) == 1
    assert controller(found).reaches(more[0])


def test_the_identity_is_that_of_the_controllers_service_account(preview: Stack) -> None:
    association = preview.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "cluster-controller-identity")
    account = controller(preview).inputs["values"]["serviceAccount"]
    assert association.inputs["serviceAccount"] == account["name"]
    assert association.inputs["namespace"] == controller(preview).inputs["namespace"]
    assert account["create"] is True


def test_the_controller_knows_where_it_is_without_instance_metadata(preview: Stack) -> None:
    values = controller(preview).inputs["values"]
    assert (values["region"], values["vpcId"]) == (REGION, "vpc-1")


def test_the_controller_stands_in_the_way_of_no_service(preview: Stack) -> None:
    assert controller(preview).inputs["values"]["enableServiceMutatorWebhook"] is False


def test_the_controller_runs_on_system_nodes(preview: Stack) -> None:
    values = controller(preview).inputs["values"]
    assert values["nodeSelector"] == nodes.SYSTEM_SELECTOR
    assert values["tolerations"] == nodes.SYSTEM_TOLERATIONS


def test_values_of_the_settings_are_merged_last() -> None:
    found = stack({"loadBalancerController": {"values": {"replicaCount": 3, "serviceAccount": {"annotations": {}}}}})
    values = controller(found).inputs["values"]
    assert values["replicaCount"] == 3
    assert values["serviceAccount"]["create"] is True


def test_the_controller_is_installed_through_our_provider(preview: Stack) -> None:
    assert controller(preview).provider == preview.one("pulumi:providers:kubernetes", "cluster-kubernetes").urn


# Viewers


def test_viewers_are_bound_to_what_they_may_read() -> None:
    found = component(lambda: Viewers("viewers"))
    binding = found.one("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "viewers")
    role = found.one("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "viewers")
    assert binding.inputs["roleRef"]["name"] == role.inputs["metadata"]["name"]
    assert [subject["name"] for subject in binding.inputs["subjects"]] == ["istio-eks:viewers"]
