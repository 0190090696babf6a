"""The JSON document that other tools read, and the order it is searched along."""

import json
import re
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from ops.offline.document import SECRET
from ops.offline.monitor import UNKNOWN
from tests.support.unit import harness
from tests.support.unit.recorded import Stack

RESOURCE_KEYS = (
    "urn",
    "type",
    "name",
    "parent",
    "provider",
    "custom",
    "remote",
    "inputs",
    "dependencies",
    "references",
    "options",
)
OPTION_KEYS = (
    "protect",
    "retainOnDelete",
    "deletedWith",
    "ignoreChanges",
    "deleteBeforeReplace",
    "replaceOnChanges",
    "customTimeouts",
    "aliases",
    "additionalSecretOutputs",
)


class Group(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Group", name, {"size": 1}, opts)
        self.child = aws.ec2.Eip(f"{name}-child", opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def test_the_shape_is_the_one_other_tools_read(stack: Stack) -> None:
    assert list(stack.document) == ["project", "stack", "resources", "outputs", "warnings"]
    for resource in stack.document["resources"]:
        assert tuple(resource) == RESOURCE_KEYS
        assert tuple(resource["options"]) == OPTION_KEYS


def test_it_is_plain_json_and_the_same_every_time(dev: Stack) -> None:
    assert json.dumps(dev.document) == json.dumps(harness.preview("dev").document)


def test_resources_are_sorted_by_urn(stack: Stack) -> None:
    urns = [resource["urn"] for resource in stack.document["resources"]]
    assert urns == sorted(set(urns))


def test_urns_are_the_engines(dev: Stack) -> None:
    """The engine leaves the stack's own type out of the types of its children; the SDK's mock monitor does not."""
    vpc = dev.one("aws:ec2/vpc:Vpc", "network")
    assert (
        vpc.urn == "urn:pulumi:dev::istio-eks::istio-eks:network:Network$istio-eks:network:Vpc$aws:ec2/vpc:Vpc::network"
    )
    assert not [urn for urn in dev.graph.resources if "pulumi:pulumi:Stack$" in urn]


def test_every_edge_leads_to_a_resource(stack: Stack) -> None:
    named = {
        urn
        for resource in stack.document["resources"]
        for urn in (*resource["dependencies"], *resource["references"], resource["parent"], resource["provider"])
        if urn
    }
    assert named <= stack.graph.resources.keys()


def test_whole_numbers_are_ints(stack: Stack) -> None:
    assert not re.search(r"\d\.0[,\s\]}]", json.dumps([node.inputs for node in stack.nodes]))


def test_values_that_nobody_may_see_or_knows_yet_are_words() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        kubernetes.core.v1.Secret("secret", string_data={"key": pulumi.Output.secret("x")})
        pulumi.export("id", vpc.id)
        pulumi.export("hidden", pulumi.Output.secret("y"))

    built = harness.component(program)
    assert built.outputs == {"id": UNKNOWN, "hidden": SECRET}
    assert built.nodes[1].resource["type"].startswith(("aws:", "kubernetes:"))
    assert built.of_type("kubernetes:core/v1:Secret")[0].inputs["stringData"] == SECRET


def test_a_resource_as_an_input_is_a_reference_and_no_dependency(dev: Stack) -> None:
    """The SDK leaves such resources out of the dependencies (node group to cluster)."""
    group = dev.one("eks:index:ManagedNodeGroup", "cluster-nodes-system")
    cluster = dev.one("eks:index:Cluster", "cluster")
    assert group.inputs["cluster"] == {"resource": cluster.urn}
    assert cluster.urn in group.resource["references"]
    assert group.reaches(cluster)


def test_options_and_provider_are_inherited_as_the_engine_does() -> None:
    def program() -> None:
        other = aws.Provider("other", region="eu-west-1")
        kept = aws.ec2.Vpc("kept", cidr_block="10.0.0.0/16")
        opts = pulumi.ResourceOptions(providers=[other], protect=True, retain_on_delete=True, deleted_with=kept)
        Group("group", opts)

    built = harness.component(program)
    child = built.one("aws:ec2/eip:Eip", "group-child")
    assert child.options["protect"] is True
    assert child.options["retainOnDelete"] is True
    assert child.options["deletedWith"] == built.one("aws:ec2/vpc:Vpc", "kept").urn
    assert child.provider == built.one("pulumi:providers:aws", "other").urn


def test_a_child_waits_for_what_its_component_waits_for() -> None:
    """The SDK writes no such edge on the child; the engine still keeps the order."""

    def program() -> None:
        first = aws.ec2.Vpc("first", cidr_block="10.0.0.0/16")
        Group("group", pulumi.ResourceOptions(depends_on=[first]))

    built = harness.component(program)
    child, first = built.one("aws:ec2/eip:Eip", "group-child"), built.one("aws:ec2/vpc:Vpc", "first")
    assert child.resource["dependencies"] == []
    assert child.reaches(first)
    assert not first.reaches(child)


def test_two_resources_of_one_urn_are_refused() -> None:
    def program() -> None:
        aws.ec2.Eip("same")
        aws.ec2.Eip("same")

    with pytest.raises(pulumi.RunError, match="Two resources have the URN"):
        harness.component(program)


def test_what_is_absent_is_counted(stack: Stack) -> None:
    absent = [warning for warning in stack.document["warnings"] if "remote components" in warning]
    assert len(absent) == 1
    assert "3 remote components (cluster, cluster-nodes-apps, cluster-nodes-system)" in absent[0]


def test_one_run_leaks_nothing_into_the_next(dev: Stack) -> None:
    before: dict[str, Any] = dict(dev.document)
    harness.preview("prod")
    assert harness.preview("dev").document == before
