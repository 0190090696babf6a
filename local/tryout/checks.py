"""Whether the sample application is routed and guarded as its stack says, found out by real requests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from design import names
from design.settings import Bookinfo
from local import callers
from local.callers import Reply
from local.load_balancer import Answer, Visitor
from local.mesh import Mesh
from local.processes import poll

# A namespace that the mesh does not know, and in Bookinfo's an identity that no policy names.
OUTSIDE, STRANGER = "outside", "stranger"
USER = "jason"
# Seconds until the first targets of a new NLB are healthy, and its routes known to all.
ANSWERS = 60.0
# How the page shows who wrote its reviews; version 1 has no stars.
STARS = {'data-color="black"': "reviews v2", 'data-color="red"': "reviews v3"}
REVIEWS = f"http://reviews.{names.BOOKINFO}:9080/reviews/0"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was tried: who did what, what should come of it, what came."""

    what: str
    expected: str
    seen: str

    @property
    def holds(self) -> bool:
        """Whether it is as it should be."""
        return self.expected == self.seen


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The product page as a visitor finds it. at: address of the NLB in front of it."""

    visitor: Visitor
    page: str
    at: str

    def answers(self) -> str:
        """The status of the first answer that is a page, waited for."""
        last = ""

        def good() -> bool:
            nonlocal last
            try:
                last = str(self.open().status)
            except OSError as error:
                last = f"{type(error).__name__}"
            return last == str(HTTPStatus.OK.value)

        poll(good, within=ANSWERS, every=0.5)
        return last

    def open(self, headers: Mapping[str, str] | None = None) -> Answer:
        """The page. Raises OSError."""
        return self.visitor.ask(self.page, at=self.at, headers=headers)

    def reviews(self, headers: Mapping[str, str] | None = None) -> str:
        """Which version wrote the reviews on the page."""
        shown = self.open(headers).body
        return next((version for mark, version in STARS.items() if mark in shown), "reviews v1")

    def sign_in(self, user: str) -> dict[str, str]:
        """By the form on the page; what a browser sends along from then on."""
        login = self.page.removesuffix(urlsplit(self.page).path) + "/login"
        form = {"content-type": "application/x-www-form-urlencoded"}
        said = self.visitor.ask(login, at=self.at, method="POST", headers=form, body=f"username={user}")
        return {"cookie": said.headers["set-cookie"].partition(";")[0]}


def run(made: Mesh, settings: Bookinfo) -> Iterator[Check]:
    """Every check, each as soon as it is done."""
    page = str(made.world.session.outputs()["bookinfoUrl"])
    with Visitor() as visitor:
        shop = Shop(visitor=visitor, page=page, at=made.address(settings.gateway))
        yield Check(what="a visitor opens the product page", expected="200", seen=shop.answers())
        yield from _routed(shop, settings.routing)
    yield from _guarded(made)


def _routed(shop: Shop, routing: str) -> Iterator[Check]:
    """By weights nothing is certain for a single visitor."""
    if routing == "canary":
        return
    yield Check(what="... and sees", expected="reviews v1", seen=shop.reviews())
    expected = "reviews v2" if routing == "test-user" else "reviews v1"
    yield Check(what=f"{USER} signs in and sees", expected=expected, seen=shop.reviews(shop.sign_in(USER)))


def _guarded(made: Mesh) -> Iterator[Check]:
    api, kubelet = made.control_plane.api, made.kubelet
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": OUTSIDE}})
    outside = callers.start(api, kubelet, OUTSIDE, "caller")
    yield Check(what="a pod without sidecar calls reviews", expected="no answer", seen=_came(outside.ask(REVIEWS)))
    stranger = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": STRANGER}}
    api.create(stranger | {"metadata": {"name": STRANGER, "namespace": names.BOOKINFO}})
    inside = callers.start(api, kubelet, names.BOOKINFO, STRANGER, service_account=STRANGER)
    yield Check(what="a pod with another identity calls reviews", expected="403", seen=_came(inside.ask(REVIEWS)))
    for caller in (outside, inside):
        caller.remove()


def _came(reply: Reply) -> str:
    return "no answer" if reply.status is None else str(reply.status)
