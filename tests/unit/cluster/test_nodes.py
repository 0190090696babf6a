"""Node groups: their plan, and what the engine is told; traps by the numbers of ``conftest.py``."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components import settings
from components.cluster import nodes
from tests.support.unit.cluster_stack import GROUP, eks, stack
from tests.support.unit.harness import TAGS
from tests.support.unit.recorded import Node, Stack

GRAVITON = ("m7g.large", "c7gn.xlarge", "r8gd.2xlarge", "t4g.medium", "im4gn.large", "is4gen.large", "g5g.xlarge")
INTEL_OR_AMD = ("m6i.large", "m7a.large", "c5n.xlarge", "g5.xlarge", "gr6.4xlarge", "g4dn.xlarge", "u7i-12tb.224xlarge")


def planned(**groups: settings.NodeGroup) -> dict[str, nodes.NodeGroupPlan]:
    return {plan.name: plan for plan in nodes.groups(settings.Nodes(**groups), "1.36")}


def test_there_is_a_system_and_an_apps_group() -> None:
    assert list(planned()) == ["system", "apps"]


def test_a_group_can_be_selected_by_its_labels() -> None:
    plans = planned()
    assert plans["system"].labels == nodes.SYSTEM_SELECTOR
    assert plans["apps"].labels == nodes.APPS_SELECTOR
    assert nodes.SYSTEM_SELECTOR != nodes.APPS_SELECTOR


def test_system_nodes_take_only_pods_that_tolerate_their_taint() -> None:
    assert planned()["system"].taints == (nodes.SYSTEM_TAINT,)
    assert nodes.SYSTEM_TOLERATIONS == [
        {"key": "CriticalAddonsOnly", "operator": "Equal", "value": "true", "effect": "NoSchedule"}
    ]


def test_apps_nodes_take_no_pod_before_istio_cni_and_app_pods_do_not_pass_by_it() -> None:
    assert planned()["apps"].taints == (nodes.NOT_READY_TAINT,)
    assert nodes.NOT_READY_TAINT.key == "cni.istio.io/not-ready"
    assert nodes.APPS_TOLERATIONS == []


def test_the_eks_api_has_its_own_words_for_effects() -> None:
    assert nodes.SYSTEM_TAINT.eks_effect == "NO_SCHEDULE"
    assert replace(nodes.SYSTEM_TAINT, effect="NoExecute").eks_effect == "NO_EXECUTE"


def test_nodes_follow_the_control_plane_to_a_new_version() -> None:
    assert {plan.version for plan in planned().values()} == {"1.36"}


@pytest.mark.parametrize("instance_type", GRAVITON)
def test_graviton_runs_the_arm_image(instance_type: str) -> None:
    assert nodes.ami_type([instance_type]) == "AL2023_ARM_64_STANDARD"


@pytest.mark.parametrize("instance_type", INTEL_OR_AMD)
def test_everything_else_runs_the_x86_image(instance_type: str) -> None:
    assert nodes.ami_type([instance_type]) == "AL2023_x86_64_STANDARD"


def test_a_group_of_two_architectures_is_refused() -> None:
    with pytest.raises(ValueError, match="one architecture"):
        nodes.ami_type(["m7g.large", "m6i.large"])


def test_a_group_of_no_instance_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no instance type"):
        nodes.ami_type([])


@given(
    types=st.lists(st.sampled_from(GRAVITON), min_size=1).map(tuple),
    minimum=st.integers(1, 50),
    more=st.integers(0, 50),
    capacity=st.sampled_from(["on-demand", "spot"]),
    disk=st.integers(20, 500),
)
@hypothesis_settings(max_examples=50)
def test_a_group_starts_at_its_minimum_and_keeps_what_was_asked(
    types: tuple[str, ...], minimum: int, more: int, capacity: str, disk: int
) -> None:
    group = settings.NodeGroup.model_validate(
        {"instanceTypes": types, "min": minimum, "max": minimum + more, "capacity": capacity, "diskGib": disk}
    )
    plan = planned(apps=group)["apps"]
    assert (plan.min_size, plan.desired_size, plan.max_size) == (minimum, minimum, minimum + more)
    assert plan.instance_types == types
    assert plan.disk_gib == disk
    assert plan.capacity_type == capacity.upper().replace("-", "_")


def groups(of: Stack) -> list[Node]:
    return of.of_type(GROUP)


def launch_templates(of: Stack) -> list[Node]:
    return of.of_type("aws:ec2/launchTemplate:LaunchTemplate")


def test_there_are_two_groups(preview: Stack) -> None:
    assert sorted(node.name for node in groups(preview)) == ["cluster-nodes-apps", "cluster-nodes-system"]


def test_trap_2_nodes_stand_in_private_subnets(preview: Stack) -> None:
    """Without a list pulumi-eks takes all subnets of the cluster, public ones too."""
    assert all(node.inputs["subnetIds"] == ["subnet-a", "subnet-b"] for node in groups(preview))


def test_trap_9_nodes_carry_the_group_that_eks_makes(preview: Stack) -> None:
    assert eks(preview).inputs["skipDefaultSecurityGroups"] is True
    assert all("vpcSecurityGroupIds" not in node.inputs for node in launch_templates(preview))
    assert all("networkInterfaces" not in node.inputs for node in launch_templates(preview))


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
