"""The plan of the node groups."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components import settings
from components.cluster import nodes

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
