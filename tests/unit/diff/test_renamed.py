"""What an alias keeps, and what is lost without one, as the SDK writes them."""

import pulumi

from ops.diff import resources, urns
from ops.diff.changes import Kind, ResourceChange
from tests.support.unit import harness
from tests.support.unit.diff_world import component, resource


class Outer(pulumi.ComponentResource):
    """A component with a child and a grandchild; ``leaf`` is how the latter's name goes on."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, leaf: str = "-inner-leaf") -> None:
        super().__init__("istio-eks:test:Outer", name, {}, opts)
        inner = Inner(f"{name}-inner", pulumi.ResourceOptions(parent=self))
        Leaf(f"{name}{leaf}", pulumi.ResourceOptions(parent=inner))


class Inner(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:test:Inner", name, {}, opts)


class Leaf(pulumi.CustomResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("aws:ec2/vpc:Vpc", name, {"cidrBlock": "10.0.0.0/16"}, opts)


def recorded(name: str, *aliases: pulumi.Alias | str, leaf: str = "-inner-leaf") -> list[ResourceChange]:
    """From the component named ``old`` to the one named ``name``, both as the SDK registers them."""
    options = pulumi.ResourceOptions(aliases=list(aliases))
    before = harness.component(lambda: Outer("old", leaf=leaf)).document
    after = harness.component(lambda: Outer(name, options, leaf=leaf)).document
    return list(resources.changes(before, after))


def test_an_alias_as_the_sdk_writes_it_keeps_everything_below() -> None:
    (leaf,) = recorded("new", pulumi.Alias(name="old"))
    assert (leaf.kind, leaf.name) == (Kind.RENAMED, "new-inner-leaf")
    assert leaf.former_urn is not None
    assert leaf.former_urn.endswith("::istio-eks:test:Outer$istio-eks:test:Inner$aws:ec2/vpc:Vpc::old-inner-leaf")


def test_an_alias_may_be_a_urn() -> None:
    assert [each.kind for each in recorded("new", "urn:pulumi:test::istio-eks::istio-eks:test:Outer::old")] == [
        Kind.RENAMED
    ]


def test_a_child_that_is_not_named_after_its_parent_is_lost_to_the_engine_and_to_us() -> None:
    found = recorded("new", pulumi.Alias(name="old"), leaf="-leaf")
    assert sorted(each.kind for each in found) == [Kind.ADDED, Kind.REMOVED]


def test_without_an_alias_one_goes_and_one_comes() -> None:
    assert sorted(each.kind for each in recorded("new")) == [Kind.ADDED, Kind.REMOVED]


def test_an_alias_of_another_name_helps_nobody() -> None:
    assert sorted(each.kind for each in recorded("new", pulumi.Alias(name="other"))) == [Kind.ADDED, Kind.REMOVED]


def test_an_alias_may_name_another_parent_or_type() -> None:
    parent = component("istio-eks:a:A", "outer")
    aliases = [
        {"spec": {"noParent": True}},
        {"spec": {"type": "old:t:T"}},
        {"spec": {"parentUrn": "urn:pulumi:dev::p::x:y:Z::z"}},
    ]
    child = resource("aws:ec2/vpc:Vpc", "v", parent=parent, aliases=aliases)
    found = urns.former(child, {each["urn"]: each for each in (parent, child)})
    assert found == [
        "urn:pulumi:dev::istio-eks::aws:ec2/vpc:Vpc::v",
        "urn:pulumi:dev::istio-eks::istio-eks:a:A$old:t:T::v",
        "urn:pulumi:dev::istio-eks::x:y:Z$aws:ec2/vpc:Vpc::v",
    ]
