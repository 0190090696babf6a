"""Who may call whom in Bookinfo: everybody is refused, but for the callers of each service."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest

from components.istio import policy
from local.nlb.visitor import Visitor
from local.world.callers import Caller, Reply
from local.world.mesh import Mesh
from tests.support.mesh import asking, live, meshes

POLICY = ("security.istio.io/v1", "AuthorizationPolicy")
# Who is no pod of Bookinfo's own: namespace and ServiceAccount.
OTHERS = {
    "stranger": ("bookinfo", "default"),
    "gateway": ("gateway-public", "gateway-public"),
    "beside the gateway": ("gateway-public", "default"),
}
# A gateway's namespace is not injected by itself.
MESHED = {"sidecar.istio.io/inject": "true", "istio.io/rev": "stable"}
# A gateway knows all of the mesh; a pod beside it only with this.
SCOPE = policy.sidecar("gateway-public", ["*/*"])
# Everything that is allowed: who, whom, how. All else is refused.
ALLOWED = {
    ("gateway", "productpage", "GET /productpage"),
    ("gateway", "productpage", "GET /health"),
    ("gateway", "productpage", "POST /login"),
    ("productpage", "details", "GET /details/0"),
    ("productpage", "details", "GET /health"),
    ("productpage", "reviews", "GET /reviews/0"),
    ("productpage", "reviews", "GET /health"),
    ("productpage", "ratings", "GET /ratings/0"),
    ("productpage", "ratings", "GET /health"),
    ("reviews", "ratings", "GET /ratings/0"),
    ("reviews", "ratings", "GET /health"),
}
ASKED = {
    "productpage": ("GET /productpage", "GET /health", "POST /login", "POST /productpage", "PUT /login"),
    "details": ("GET /details/0", "GET /health", "POST /details/0", "DELETE /details/0"),
    "reviews": ("GET /reviews/0", "GET /health", "POST /reviews/0", "POST /login"),
    "ratings": ("GET /ratings/0", "GET /health", "POST /ratings/0", "PUT /ratings/0"),
}
# Seconds until a changed policy holds for connections that were open: their proxy keeps the old one while it drains.
DRAINED = 60.0
Check = Callable[[Reply], None]
# A workload that no policy names.
UNLISTED = "unlisted"


@pytest.fixture(scope="module")
def people(dev: Mesh) -> Iterator[Mapping[str, Caller]]:
    """The pods of Bookinfo, and others."""
    own = {service: asking.insider(dev, service) for service in asking.PATHS}
    with live.added(dev, SCOPE), ExitStack() as opened:
        yield own | {
            who: opened.enter_context(
                asking.caller(
                    dev,
                    namespace,
                    f"as-{who.replace(' ', '-')}",
                    service_account=account,
                    labels=MESHED if namespace != "bookinfo" else None,
                )
            )
            for who, (namespace, account) in OTHERS.items()
        }


@pytest.fixture(scope="module")
def unlisted(dev: Mesh) -> Iterator[str]:
    """The URL of a workload in Bookinfo's namespace that nobody has opened to anybody."""
    with asking.server(dev, "bookinfo", UNLISTED, "examples-bookinfo-ratings-v1"):
        yield asking.url("ratings", host=f"{UNLISTED}.bookinfo")


def act(caller: Caller, service: str, deed: str) -> Reply:
    method, path = deed.split()
    return caller.ask(asking.url(service, path), method=method)


@pytest.mark.parametrize("service", ASKED)
@pytest.mark.parametrize("who", [*asking.PATHS, *OTHERS])
def test_exactly_the_callers_of_a_service_may_call_it(people: Mapping[str, Caller], who: str, service: str) -> None:
    replies = {deed: act(people[who], service, deed) for deed in ASKED[service]}
    refused = {deed for deed, reply in replies.items() if asking.forbidden(reply)}
    let_in = {deed for deed, reply in replies.items() if reply.status in (200, 302)}
    assert let_in == {deed for deed in ASKED[service] if (who, service, deed) in ALLOWED}, replies
    assert refused == set(ASKED[service]) - let_in, replies


def test_the_other_way_by_the_address_of_a_pod_is_no_way_round(dev: Mesh, people: Mapping[str, Caller]) -> None:
    """The proxy of the caller does not know the address as the service's: no mutual TLS, no way in."""
    for service in asking.PATHS:
        for address in asking.addresses(dev, service):
            assert people["stranger"].ask(asking.url(service, host=address)).status != 200


def test_dropping_an_allow_closes_it_and_no_other(dev: Mesh, people: Mapping[str, Caller]) -> None:
    def ratings_is(check: Check) -> None:
        for who in ("reviews", "productpage"):
            check(act(people[who], "ratings", "GET /ratings/0"))

    with live.without(dev, *POLICY, "ratings", "bookinfo"):
        meshes.eventually(lambda: ratings_is(refused), within=DRAINED)
        answered(act(people["productpage"], "details", "GET /details/0"))
    ratings_is(answered)


def test_the_page_says_what_is_missing_when_an_allow_is(dev: Mesh, visitor: Visitor) -> None:
    def page(complaint: bool) -> None:
        body = meshes.visit(dev, visitor, "http://bookinfo.test/productpage").body
        assert ("Error fetching product details" in body) is complaint

    page(False)
    with live.without(dev, *POLICY, "details", "bookinfo"):
        meshes.eventually(lambda: page(True), within=DRAINED)
    page(False)


def test_dropping_the_gateways_allow_closes_the_shop(dev: Mesh, visitor: Visitor) -> None:
    def shop(status: int) -> None:
        assert meshes.visit(dev, visitor, "http://bookinfo.test/productpage").status == status

    with live.without(dev, *POLICY, "productpage", "bookinfo"):
        meshes.eventually(lambda: shop(403), within=DRAINED)
    shop(200)


def test_what_no_policy_names_is_closed_by_the_deny_alone(
    dev: Mesh, people: Mapping[str, Caller], unlisted: str
) -> None:
    def all_are(check: Check) -> None:
        for who in ("productpage", "stranger"):
            check(people[who].ask(unlisted))

    # The callers' proxies hear of it a moment after it is there.
    meshes.eventually(lambda: all_are(refused), within=DRAINED)
    with live.without(dev, *POLICY, "deny-by-default", "bookinfo"):
        meshes.eventually(lambda: all_are(answered), within=DRAINED)
        # An allow of one's own still closes a service to all others.
        refused(act(people["stranger"], "ratings", "GET /ratings/0"))
    all_are(refused)


def test_without_the_deny_and_the_allow_anybody_may_call(dev: Mesh, people: Mapping[str, Caller]) -> None:
    with (
        live.without(dev, *POLICY, "deny-by-default", "bookinfo"),
        live.without(dev, *POLICY, "ratings", "bookinfo"),
    ):
        meshes.eventually(lambda: answered(act(people["stranger"], "ratings", "GET /ratings/0")), within=DRAINED)
    refused(act(people["stranger"], "ratings", "GET /ratings/0"))


def refused(reply: Reply) -> None:
    assert asking.forbidden(reply), reply


def answered(reply: Reply) -> None:
    assert reply.status == 200, reply
