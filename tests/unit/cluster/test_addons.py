"""Which add-ons, when, with what configuration, and what the engine is told; traps as in ``conftest.py``."""

import json
from typing import Any

import pytest

from components import settings
from components.cluster import addons, nodes
from components.settings import versions
from tests.support.unit.cluster_stack import eks, stack
from tests.support.unit.recorded import Node, Stack


def cluster(**changes: dict[str, Any]) -> settings.Cluster:
    named = {name.replace("_", "-"): change for name, change in changes.items()}
    return settings.Cluster.model_validate({"addons": named})


def everything(made: settings.Cluster | None = None) -> dict[str, addons.AddonPlan]:
    made = made or cluster()
    return {plan.name: plan for plan in (*addons.before_nodes(made), *addons.after_nodes(made, "us-west-2"))}


def configuration(name: str, made: settings.Cluster | None = None) -> dict[str, Any]:
    return dict(json.loads(everything(made)[name].configuration or "{}"))


def test_network_and_identity_come_before_nodes() -> None:
    assert [plan.name for plan in addons.before_nodes(cluster())] == ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"]


def test_names_and_metrics_come_after_nodes() -> None:
    """CoreDNS before there is a node is DEGRADED for twenty minutes, then failed."""
    assert [plan.name for plan in addons.after_nodes(cluster(), "us-west-2")] == ["coredns", "metrics-server"]


def test_every_version_is_pinned() -> None:
    """Without a pin the most recent version is taken, at any ``up``."""
    assert all(plan.version == versions.ADDONS[plan.name] for plan in everything().values())


def test_a_version_of_the_settings_wins() -> None:
    assert everything(cluster(coredns={"version": "v9"}))["coredns"].version == "v9"


def test_nodes_get_prefixes_instead_of_addresses() -> None:
    assert configuration("vpc-cni")["env"] == {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}


def test_network_policies_are_enforced() -> None:
    assert configuration("vpc-cni")["enableNetworkPolicy"] == "true"


def test_coredns_scales_itself() -> None:
    found = configuration("coredns")
    assert found["autoScaling"] == {"enabled": True, "minReplicas": 2, "maxReplicas": 10}
    assert "replicaCount" not in found, "EKS refuses both"


def test_coredns_ends_lookups_before_its_pod_ends() -> None:
    corefile = configuration("coredns")["corefile"]
    assert "lameduck 30s" in corefile
    assert "ready" in corefile
    assert "serve_stale" in corefile


def test_the_corefile_has_nothing_that_stops_coredns() -> None:
    corefile = configuration("coredns")["corefile"]
    assert "upstream" not in corefile
    assert corefile.count("kubernetes ") == 1, "a second block watches the API again, without health"
    assert corefile.count("{") == corefile.count("}")


@pytest.mark.parametrize("name", ["coredns", "metrics-server"])
def test_what_is_needed_before_untainting_runs_on_system_nodes(name: str) -> None:
    found = configuration(name)
    assert found["nodeSelector"] == nodes.SYSTEM_SELECTOR
    assert found["tolerations"] == nodes.SYSTEM_TOLERATIONS


def test_an_addon_of_defaults_has_no_configuration() -> None:
    assert everything()["kube-proxy"].configuration is None


def test_the_disk_driver_is_installed_when_named() -> None:
    assert "aws-ebs-csi-driver" not in everything()
    plan = everything(cluster(aws_ebs_csi_driver={}))["aws-ebs-csi-driver"]
    assert plan.identity == addons.PodIdentity(
        service_account="ebs-csi-controller-sa",
        policy_arn="arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    )
    assert json.loads(plan.configuration or "")["controller"]["tolerations"] == nodes.SYSTEM_TOLERATIONS


def test_configuration_of_the_settings_is_merged_last_and_deep() -> None:
    made = cluster(vpc_cni={"configuration": {"env": {"WARM_PREFIX_TARGET": "2"}, "init": {"env": {"A": "b"}}}})
    assert configuration("vpc-cni", made) == {
        "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "2"},
        "enableNetworkPolicy": "true",
        "init": {"env": {"A": "b"}},
    }


def test_null_removes_a_key_of_ours() -> None:
    """EKS checks against a schema in which null has no place."""
    made = cluster(coredns={"configuration": {"autoScaling": None, "replicaCount": 3}})
    assert "autoScaling" not in configuration("coredns", made)
    assert "null" not in (everything(made)["coredns"].configuration or "")


def test_one_configuration_is_one_text() -> None:
    one = cluster(coredns={"configuration": {"a": 1, "b": 2}})
    other = cluster(coredns={"configuration": {"b": 2, "a": 1}})
    assert everything(one)["coredns"] == everything(other)["coredns"]


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
