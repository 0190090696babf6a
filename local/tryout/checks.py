"""Checks of the sample application's routing and authorization, with real requests."""

from collections.abc import Iterator

from components.settings import Bookinfo, names
from local.nlb.visitor import Visitor
from local.tryout.check import Check, tried
from local.tryout.shop import Shop, visited
from local.world import callers
from local.world.mesh import Mesh

# A namespace outside the mesh, and a service account in Bookinfo's namespace that no policy names.
OUTSIDE, STRANGER = "outside", "stranger"
REVIEWS = f"http://reviews.{names.BOOKINFO}:9080/reviews/0"


def run(made: Mesh, settings: Bookinfo) -> Iterator[Check]:
    """Yield every check as soon as it is done.

    Raises:
        LookupError: The gateway has no NLB.
    """
    page = str(made.world.session.outputs()["bookinfoUrl"])
    with Visitor() as visitor:
        yield from visited(Shop(visitor=visitor, page=page, at=made.address(settings.gateway)), settings.routing)
    yield from _guarded(made)


def _guarded(made: Mesh) -> Iterator[Check]:
    def outside() -> str:
        made.control_plane.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": OUTSIDE}})
        return _came(made, OUTSIDE, "caller", "default")

    def inside() -> str:
        metadata = {"name": STRANGER, "namespace": names.BOOKINFO}
        made.control_plane.api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
        return _came(made, names.BOOKINFO, STRANGER, STRANGER)

    yield tried("a pod without a sidecar calls reviews", "no answer", outside)
    yield tried("a pod with another identity calls reviews", "403", inside)


def _came(made: Mesh, namespace: str, name: str, service_account: str) -> str:
    """Return the answer to a temporary pod."""
    api, kubelet = made.control_plane.api, made.kubelet
    caller = callers.start(api, kubelet, namespace, name, service_account=service_account)
    try:
        reply = caller.ask(REVIEWS)
    finally:
        caller.remove()
    return "no answer" if reply.status is None else str(reply.status)
