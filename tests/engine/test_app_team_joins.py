"""How an app team gets its place in a stack that has none for it yet: what it is told, and what then works."""

from contextlib import AbstractContextManager

import pytest

from local.engine.runs import RunFailedError
from local.engine.session import Session
from local.world import tenants
from local.world.tenants import User
from local.world.world import OWNED, World
from tests.support.engine.world import world

ROLE = f"arn:aws:iam::{OWNED['111122223333']}:role/shop-team"


def as_the_team(stack: World) -> AbstractContextManager[Session]:
    """With the groups that the access entry of the role has now."""
    return tenants.beside(stack, tenants.in_memory(stack, User.of(stack, ROLE)), stack="dev")


def test_a_stack_without_the_namespace_says_what_to_ask_for_and_with_it_the_example_comes_up() -> None:
    with world("dev") as made:
        made.session.up()
        made.session.change({"namespaces": [{"name": "other", "editors": [ROLE]}]})
        made.session.up()
        with as_the_team(made) as session, pytest.raises(RunFailedError) as failed:
            session.up()
        assert (
            "The stack organization/istio-eks/dev has no output namespaces.shop: it has other" in failed.value.run.text
        )
        made.session.change(
            {
                "namespaces": [{"name": "shop", "editors": [ROLE]}],
                "gateways": {
                    "public": {"hosts": ["bookinfo/bookinfo.acme.dev", "shop/shop.acme.dev", "shop/sale.acme.dev"]}
                },
            }
        )
        made.session.up()
        with as_the_team(made) as session:
            with pytest.raises(RunFailedError, match="shop:host names none"):
                session.up()
            session.change({"host": "shop.acme.dev"})
            session.up()
            assert session.outputs()["url"] == "http://shop.acme.dev/details/0"
