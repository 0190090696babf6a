"""Whose reviews a visitor sees: through the balancer, the gateway and every sidecar on the way."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from local.nlb.browser import Answer
from local.nlb.visitor import Visitor
from local.world.callers import Reply
from local.world.mesh import Mesh
from tests.support.mesh import asking, live, meshes
from tests.support.mesh.sampling import ASKED, fair

ADDRESS = "http://bookinfo.test"
COLORS: dict[str, set[str]] = {"v1": set(), "v2": {"black"}, "v3": {"red"}}
REVIEWS = ("networking.istio.io/v1", "VirtualService", "reviews", "bookinfo")


class Person:
    """Somebody with a browser that keeps the shop's cookie and follows its redirects."""

    def __init__(self, at: str, visitor: Visitor) -> None:
        self._at, self._visitor = at, visitor
        self._cookie: dict[str, str] = {}

    def looks(self, headers: Mapping[str, str] | None = None) -> str:
        """At the product page."""
        answer = self._ask("/productpage", headers=headers)
        assert answer.status == 200, answer
        return answer.body

    def signs_in(self, name: str) -> None:
        """By the form of the page."""
        form = re.search(r"<form (.*?)>.*?</form>", self.looks(), re.DOTALL)
        assert form, "nobody may sign in"
        said = dict(re.findall(r'(\w+)="([^"]*)"', form[1]))
        fields = re.findall(r'<input name="(\w+)"', form[0])
        assert (said["method"], len(fields)) == ("post", 2)
        self._send(said["action"], urlencode(dict(zip(fields, (name, "whatever"), strict=True))))
        assert f"Signed in as <b>{name}</b>" in self.looks()

    def signs_out(self) -> None:
        """By the page's link."""
        link = re.search(r'href="([^"]*)">Sign out', self.looks())
        assert link
        self._follow(self._ask(link[1]))

    def _send(self, action: str, body: str) -> None:
        kind = {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(body))}
        self._follow(self._ask(action, method="POST", headers=kind, body=body))

    def _follow(self, answer: Answer) -> None:
        assert (answer.status, answer.headers["location"]) == (302, "/productpage"), answer
        self._cookie = {"cookie": answer.headers["set-cookie"].partition(";")[0]}

    def _ask(
        self, path: str, *, headers: Mapping[str, str] | None = None, method: str = "GET", body: str | None = None
    ) -> Answer:
        sent = {**self._cookie, **(headers or {})}
        return self._visitor.ask(ADDRESS + path, at=self._at, headers=sent, method=method, body=body)


@pytest.fixture(scope="module")
def at(dev: Mesh) -> str:
    """Where the balancer is; it serves the whole page."""
    with Visitor() as first:
        # That a pod is ready reaches its callers a moment later.
        meshes.eventually(lambda: served(meshes.visit(dev, first, f"{ADDRESS}/productpage").body))
    return dev.address("public")


@pytest.fixture
def person(at: str, visitor: Visitor) -> Person:
    return Person(at, visitor)


def served(page: str) -> str:
    """The version of reviews on a page, with the stars that are its own."""
    found = re.findall(r"Served by reviews-(v\d)-", page)
    assert len(found) == 1, page
    assert set(re.findall(r'data-color="(\w+)"', page)) == COLORS[found[0]]
    return str(found[0])


def seen(person: Person, looks: int = 10, headers: Mapping[str, str] | None = None) -> set[str]:
    return {served(person.looks(headers)) for _ in range(looks)}


def version(answer: Reply | Answer) -> str:
    """Of the reviews that answered as JSON."""
    assert answer.status == 200, answer
    return str(json.loads(answer.body)["podname"]).split("-")[1]


def shares(at: str, visitor: Visitor) -> Counter[str]:
    """Which versions answered how often."""
    reviews = f"{ADDRESS}/api/v1/products/0/reviews"
    return Counter(version(visitor.ask(reviews, at=at)) for _ in range(ASKED))


def test_everybody_sees_version_1(person: Person) -> None:
    assert seen(person) == {"v1"}


def test_who_signs_in_as_jason_sees_version_2_until_he_signs_out(person: Person) -> None:
    person.signs_in("jason")
    assert seen(person) == {"v2"}
    person.signs_out()
    assert seen(person) == {"v1"}


@pytest.mark.parametrize("name", ["jane", "Jason", "jasonx"])
def test_nobody_else_does(person: Person, name: str) -> None:
    person.signs_in(name)
    assert seen(person, 5) == {"v1"}


def test_a_visitor_who_sends_the_header_himself_is_not_believed(dev: Mesh, person: Person) -> None:
    assert seen(person, headers={"end-user": "jason"}) == {"v1"}
    # It is what decides further in.
    productpage = asking.insider(dev, "productpage")
    reviews = "http://reviews:9080/reviews/0"
    assert version(productpage.ask(reviews, headers={"end-user": "jason"})) == "v2"
    assert version(productpage.ask(reviews)) == "v1"


def test_the_page_has_details_too_and_no_error(person: Person) -> None:
    page = person.looks()
    assert "<dt>" in page
    assert 'class="error"' not in page


@pytest.mark.parametrize("path", ["/", "/health", "/metrics", "/productpages", "/details/0"])
def test_other_paths_are_not_published(at: str, visitor: Visitor, path: str) -> None:
    answer = visitor.ask(ADDRESS + path, at=at)
    # The gateway's own: productpage's would name the proxy's time.
    assert (answer.status, answer.body, "x-envoy-upstream-service-time" in answer.headers) == (404, "", False)


def test_with_all_v1_jason_sees_version_1_as_well(dev: Mesh, person: Person) -> None:
    person.signs_in("jason")
    with meshes.changed(dev, {"bookinfo": {"routing": "all-v1"}}):
        assert seen(person) == {"v1"}
    assert seen(person) == {"v2"}


def test_as_canary_a_tenth_goes_to_version_3(dev: Mesh, at: str, visitor: Visitor, person: Person) -> None:
    person.signs_in("jason")
    with meshes.changed(dev, {"bookinfo": {"routing": "canary"}}):
        # Who is signed in no longer matters.
        assert seen(person) <= {"v1", "v3"}
        found = shares(at, visitor)
        assert set(found) == {"v1", "v3"}
        assert fair(found["v3"], 10), found


def test_other_weights_are_other_shares(dev: Mesh, at: str, visitor: Visitor, person: Person) -> None:
    person.signs_in("jason")
    with meshes.changed(dev, {"bookinfo": {"routing": "canary", "weights": {"v1": 70, "v2": 0, "v3": 30}}}):
        assert seen(person) <= {"v1", "v3"}
        found = shares(at, visitor)
        assert set(found) == {"v1", "v3"}
        assert fair(found["v3"], 30), found
        assert not fair(found["v3"], 10), found


def test_it_is_the_route_in_the_cluster_that_decides(dev: Mesh, person: Person) -> None:
    to_version_3 = {"destination": {"host": "reviews.bookinfo.svc.cluster.local", "subset": "v3"}}
    spec = {"hosts": ["reviews.bookinfo.svc.cluster.local"], "http": [{"route": [to_version_3]}]}
    with live.with_spec(dev, *REVIEWS, spec):
        meshes.eventually(lambda: _only(person, "v3"))
    assert seen(person) == {"v1"}


def _only(person: Person, *versions: str) -> None:
    """What proxies are told reaches them within moments."""
    assert seen(person, 5) <= set(versions)
