"""The checks of ``make try`` on a stack that runs: they hold, and what is wrong there is wrong here."""

from collections.abc import Iterator

import pytest

from components.settings import names
from local.nlb.visitor import Visitor
from local.tryout import checks, inside
from local.world.mesh import Mesh
from tests.support.mesh import live, meshes, traffic

# Each is shown reviews of a version of its own, over a few connections that were open.
WHO: list[dict[str, str]] = [{}, traffic.COOKIE]
LOOKS = 10
POLICY = ("security.istio.io/v1", "AuthorizationPolicy", "reviews", names.BOOKINFO)
# Seconds until a changed policy holds for connections that were open.
DRAINED = 60.0


@pytest.fixture
def tidy(dev: Mesh) -> Iterator[Mesh]:
    """The stack, from which goes what the checks make."""
    yield dev
    dev.control_plane.api.delete("v1", "Namespace", checks.OUTSIDE, wait=60)
    dev.control_plane.api.delete("v1", "ServiceAccount", checks.STRANGER, names.BOOKINFO, wait=10)


def wrong(mesh: Mesh) -> dict[str, str]:
    """What was seen where something else should be."""
    found = list(checks.run(mesh, inside.settings(mesh).bookinfo))
    assert len(found) == 5
    return {check.what: check.seen for check in found if not check.holds}


def test_every_check_holds_on_the_stack_as_it_is(tidy: Mesh) -> None:
    assert wrong(tidy) == {}


def test_with_the_wrong_caller_allowed_the_checks_see_who_is_shut_out_and_who_gets_in(
    tidy: Mesh,
) -> None:
    domain = tidy.world.session.outputs()["trustDomain"]
    stranger = {"source": {"principals": [names.principal(domain, names.BOOKINFO, checks.STRANGER)]}}
    spec = {"selector": {"matchLabels": {"app": "reviews"}}, "action": "ALLOW", "rules": [{"from": [stranger]}]}
    with live.with_spec(tidy, *POLICY, spec):
        meshes.eventually(lambda: _served(tidy, False), within=DRAINED)
        assert wrong(tidy) == {
            "... and sees": "no reviews",
            "jason signs in and sees": "no reviews",
            "a pod with another identity calls reviews": "200",
        }
    _served(tidy, True)


def _served(mesh: Mesh, expected: bool) -> None:
    # He leaves again: the checks have a visitor of their own.
    with Visitor() as visitor:
        looks = [meshes.visit(mesh, visitor, traffic.URL, headers=who) for who in WHO * LOOKS]
    assert {"Served by reviews-" in look.body for look in looks} == {expected}
