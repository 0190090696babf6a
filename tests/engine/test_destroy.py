"""Destroy: everything goes in the order that lets it go, and nothing goes while it is protected."""

from collections.abc import Iterator

import pytest

from local.engine.runs import RunFailedError
from local.providers.protocol.base import Deed
from tests.support.engine.world import world


@pytest.fixture(scope="module")
def destroyed() -> Iterator[list[Deed]]:
    """What was deleted of dev, in order; the rest of the world is checked on the way."""
    with world("dev") as made:
        made.session.up()
        mark = len(made.deeds)
        made.session.destroy()
        assert made.session.state().get("resources", []) == []
        assert made.account.leftovers() == []
        assert made.cluster.leftovers() == []
        yield [deed for deed in made.since(mark) if deed.operation == "delete"]


def place(deleted: list[Deed], type_: str, name: str = "") -> tuple[int, int]:
    """First and last place of the deletions of a type."""
    found = [index for index, deed in enumerate(deleted) if deed.type.endswith(type_) and name in deed.name]
    assert found, type_
    return min(found), max(found)


ORDER = [
    (("TargetGroupBinding", ""), (":Release", "cluster-load-balancer-controller")),
    ((":Release", "cluster-load-balancer-controller"), ("PodIdentityAssociation", "")),
    ((":Release", "cluster-load-balancer-controller"), ("RolePolicy", "cluster-controller-identity")),
    ((":Release", "cluster-load-balancer-controller"), (":Addon", "coredns")),
    ((":Addon", "coredns"), (":NodeGroup", "")),
    ((":NodeGroup", ""), (":Addon", "vpc-cni")),
    ((":NodeGroup", ""), (":Addon", "kube-proxy")),
    ((":NodeGroup", ""), ("RolePolicyAttachment", "nodes-")),
    ((":NodeGroup", ""), (":Route", "")),
    ((":NodeGroup", ""), ("NatGateway", "")),
    ((":NodeGroup", ""), (":Addon", "eks-pod-identity-agent")),
    ((":Cluster", ""), (":Subnet", "")),
    ((":Subnet", ""), (":Vpc", "")),
]


@pytest.mark.parametrize(("first", "then"), ORDER, ids=lambda each: each[0].strip(":") + each[1])
def test_what_is_needed_to_the_end_goes_last(
    destroyed: list[Deed], first: tuple[str, str], then: tuple[str, str]
) -> None:
    assert place(destroyed, *first)[1] < place(destroyed, *then)[0]


def test_nothing_at_all_goes_while_prod_is_protected_and_everything_in_two_steps() -> None:
    with world("prod") as made:
        made.session.up()
        mark = len(made.deeds)

        with pytest.raises(RunFailedError, match="is protected"):
            made.session.destroy()
        assert made.since(mark) == []
        shown = made.session.cli("destroy", "--yes")
        assert shown.returncode != 0
        assert "cannot be deleted" in shown.stdout + shown.stderr
        assert "destroy-guard" in shown.stdout + shown.stderr
        assert made.since(mark) == []

        made.session.change({"protect": False})
        made.session.up()
        made.session.destroy()
        assert made.account.leftovers() == []
        assert made.cluster.leftovers() == []
