"""Two documents, resource by resource: what the engine would do, and who pulls whom along."""

import json
from typing import Any

import pytest

from ops.diff import resources
from ops.diff.changes import Kind, Replacement, ResourceChange
from tests.support.unit import diff_world as world
from tests.support.unit.diff_world import component, document, kubernetes, resource
from tests.support.unit.recorded import Stack

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
GROUP, LISTENER = "aws:ec2/securityGroup:SecurityGroup", "aws:lb/listener:Listener"


def changes(before: list[Any], after: list[Any]) -> list[ResourceChange]:
    return list(resources.changes(document(*before), document(*after)))


def only(before: list[Any], after: list[Any]) -> ResourceChange:
    (found,) = changes(before, after)
    return found


def test_a_property_that_updates() -> None:
    found = only([resource(VPC, "v", {"tags": {"a.b": "1"}})], [resource(VPC, "v", {"tags": {"a.b": "2"}})])
    assert (found.kind, found.replacement) == (Kind.CHANGED, Replacement.NO)
    (each,) = found.properties
    assert (each.path, each.before, each.after, each.replaces) == ('tags["a.b"]', "1", "2", False)


def test_a_property_that_replaces() -> None:
    found = only([resource(VPC, "v", {"cidrBlock": "a"})], [resource(VPC, "v", {"cidrBlock": "b"})])
    assert (found.kind, found.replacement) == (Kind.REPLACED, Replacement.YES)
    assert found.properties[0].replaces


def test_paths_are_the_engines() -> None:
    before = [resource(VPC, "v", {"a": [{"b": 1}, {"b": 2}]})]
    found = only(before, [resource(VPC, "v", {"a": [{"b": 1}, {"b": 3}, {"b": 4}]})])
    assert [each.path for each in found.properties] == ["a[1].b", "a[2].b"]


def test_a_type_in_no_table_says_so() -> None:
    found = only([resource("new:thing:It", "x", {"a": 1})], [resource("new:thing:It", "x", {"a": 2})])
    assert (found.kind, found.replacement) == (Kind.CHANGED, Replacement.UNKNOWN)


def test_added_and_removed() -> None:
    found = changes([resource(VPC, "old")], [resource(VPC, "new")])
    assert {each.name: each.kind for each in found} == {"old": Kind.REMOVED, "new": Kind.ADDED}


def test_what_is_ignored_is_no_change() -> None:
    olds = [resource(VPC, "v", {"cidrBlock": "a"}, ignoreChanges=["cidrBlock"])]
    assert changes(olds, [resource(VPC, "v", {"cidrBlock": "b"}, ignoreChanges=["cidrBlock"])]) == []


def test_replace_on_changes_is_asked_for_by_the_program() -> None:
    options: dict[str, Any] = {"replaceOnChanges": ["spec.a"]}
    made = {"metadata": {"name": "x"}}
    before = [resource("kubernetes:any/v1:X", "x", {**made, "spec": {"a": 1}}, **options)]
    assert (
        only(before, [resource("kubernetes:any/v1:X", "x", {**made, "spec": {"a": 2}}, **options)]).kind
        is Kind.REPLACED
    )


def test_a_group_of_others_is_no_resource_but_a_remote_one_is() -> None:
    inside = component("istio-eks:network:Network", "n")
    assert changes([], [inside]) == []
    (found,) = changes([], [resource("eks:index:Cluster", "c", custom=False, remote=True)])
    assert found.kind is Kind.ADDED


def test_the_components_around_it_are_named_from_the_outside() -> None:
    outer = component("istio-eks:a:A", "outer")
    inner = component("istio-eks:a:B", "inner", parent=outer)
    assert only([], [outer, inner, resource(VPC, "v", parent=inner)]).component == "outer / inner"


def test_dropped_protection_is_a_change() -> None:
    found = only([resource(VPC, "v", protect=True)], [resource(VPC, "v")])
    assert [(each.path, each.before, each.after) for each in found.properties] == [("options.protect", True, False)]


def test_another_provider_replaces() -> None:
    before = {**kubernetes("X", "x", "n"), "provider": "urn:pulumi:dev::p::pulumi:providers:kubernetes::a"}
    provider = resource("pulumi:providers:kubernetes", "b")
    found = changes([before], [{**before, "provider": provider["urn"]}, provider])
    assert {each.name: each.kind for each in found} == {"nx": Kind.REPLACED, "b": Kind.ADDED}


@pytest.mark.parametrize("mutable", [True, False])
def test_a_provider_says_whether_its_secrets_are_replaced(mutable: bool) -> None:
    provider = resource("pulumi:providers:kubernetes", "k", {"enableSecretMutable": mutable})
    secret = {"provider": provider["urn"], "type": "kubernetes:core/v1:Secret"}
    sides = [{**kubernetes("Secret", "s", "n", data={"a": value}), **secret} for value in ("x", "y")]
    found = only([provider, sides[0]], [provider, sides[1]])
    assert found.kind is (Kind.CHANGED if mutable else Kind.REPLACED)


def test_what_names_a_replaced_resource_is_replaced_with_it() -> None:
    def side(cidr: str) -> list[Any]:
        vpc = resource(VPC, "v", {"cidrBlock": cidr})
        group = resource(GROUP, "g", {"vpcId": "[unknown]"}, dependencies=[vpc["urn"]])
        other = resource(GROUP, "other", {"vpcId": "vpc-1"}, dependencies=[vpc["urn"]])
        return [vpc, group, other]

    found = {each.name: each for each in changes(side("a"), side("b"))}
    assert found.keys() == {"v", "g"}
    assert (found["g"].kind, found["g"].replacement, found["g"].follows) == (Kind.REPLACED, Replacement.FOLLOWS, ("v",))


def test_only_the_dependency_that_a_property_speaks_of_pulls() -> None:
    def side(port: int) -> list[Any]:
        balancer = resource("aws:lb/loadBalancer:LoadBalancer", "b")
        group = resource("aws:lb/targetGroup:TargetGroup", "t", {"port": port})
        inputs = {"loadBalancerArn": "[unknown]", "defaultActions": [{"targetGroupArn": "[unknown]"}]}
        return [balancer, group, resource(LISTENER, "l", inputs, dependencies=[balancer["urn"], group["urn"]])]

    assert [each.name for each in changes(side(80), side(81))] == ["t"]


def test_what_no_table_has_may_follow() -> None:
    def side(cidr: str) -> list[Any]:
        vpc = resource(VPC, "v", {"cidrBlock": cidr})
        made = resource("eks:index:Cluster", "c", {"vpcId": "[unknown]"}, dependencies=[vpc["urn"]], remote=True)
        return [vpc, made]

    found = {each.name: each for each in changes(side("a"), side("b"))}
    assert (found["c"].kind, found["c"].replacement, found["c"].follows) == (Kind.CHANGED, Replacement.UNKNOWN, ("v",))


def test_a_component_in_a_table_tells_what_it_passes_on_from_what_it_does_not() -> None:
    def side(**inputs: Any) -> list[Any]:
        return [resource("eks:index:Cluster", "c", inputs, custom=False, remote=True)]

    def judged(**inputs: Any) -> Replacement:
        return only(side(), side(**inputs)).replacement

    assert judged(version="1.36", publicAccessCidrs=["10.0.0.0/8"]) is Replacement.NO
    assert judged(name="b", version="1.36") is Replacement.YES
    assert judged(proxy="b", version="1.36") is Replacement.UNKNOWN


def test_a_component_follows_what_it_passes_on_for_certain() -> None:
    def side(name: str) -> list[Any]:
        template = resource("aws:ec2/launchTemplate:LaunchTemplate", "t", {"name": name})
        inputs = {"launchTemplate": {"id": "[unknown]"}, "nodeRoleArn": "[unknown]"}
        role = resource("aws:iam/role:Role", "r")
        urns_ = [template["urn"], role["urn"]]
        return [template, role, resource("eks:index:ManagedNodeGroup", "g", inputs, dependencies=urns_, remote=True)]

    found = {each.name: each for each in changes(side("a"), side("b"))}
    assert (found["g"].replacement, found["g"].follows) == (Replacement.FOLLOWS, ("t",))


@pytest.mark.parametrize("replaced", ["key", "network"])
def test_a_property_may_end_with_the_type_that_it_speaks_of(replaced: str) -> None:
    def side(changed: str) -> list[Any]:
        network = resource(VPC, "network", {"cidrBlock": changed if replaced == "network" else ""})
        key = resource("aws:kms/key:Key", "key", {"a": changed}, replaceOnChanges=["a"] if replaced == "key" else [])
        inputs = {"encryptionConfigKeyArn": "[unknown]"}
        urns_ = [network["urn"], key["urn"]]
        return [network, key, resource("eks:index:Cluster", "c", inputs, dependencies=urns_, remote=True)]

    found = {each.name: each.kind for each in changes(side("a"), side("b"))}
    assert ("c" in found) is (replaced == "key")


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_is_the_same_as_itself(stack: str) -> None:
    assert world.compared(world.planned(stack), world.planned(stack)).clean


def test_nothing_of_a_document_is_more_than_the_document(dev: Stack) -> None:
    """Secrets: both sides say [secret], and so does everything that is made of them."""
    before = json.loads(json.dumps(dev.document).replace('"[secret]"', '"[unknown]"'))
    said = json.dumps([str(each) for each in resources.changes(before, dev.document)])
    assert "[secret]" in said
    assert "PRIVATE KEY" not in said
