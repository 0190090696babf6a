"""The namespace of an app team in prod's mesh: its editors, and the one caller that its policy allows."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.control_plane.api import Api
from local.world.callers import Caller
from local.world.mesh import Mesh
from local.world.tenants import User
from local.world.world import OWNED
from tests.support.mesh import asking, live

ROLE = f"arn:aws:iam::{OWNED['111122223333']}:role/shop-team"
BOOK = "https://shop.localhost/details/0"
INSIDE = "http://catalog.shop:9080/details/0"


def editors(mesh: Mesh) -> Api:
    """The API server as the namespace's editors meet it."""
    user = User.of(mesh.world, ROLE)
    return mesh.control_plane.api.as_user(user.name, user.groups)


@contextmanager
def frontend(mesh: Mesh) -> Iterator[Caller]:
    """Its ServiceAccount counts."""
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "frontend", "namespace": "shop"}}
    with (
        live.added(mesh, account),
        asking.caller(mesh, "shop", "frontend", service_account="frontend") as made,
    ):
        yield made
