"""The intermediate and the root are replaced while the mesh is used: nobody loses a request or refuses anybody."""

import re
from collections.abc import Iterator

import pytest

from components import trust
from local.authority import agents
from local.authority.rotating import Rotating
from local.processes import poll
from tests.support.mesh import bundles, metrics, rotation
from tests.support.mesh.counts import Tell
from tests.support.mesh.laggards import CLIENT, SERVER, Laggards
from tests.support.mesh.rotation import Rotation
from tests.support.unit import runbooks

AGENTS, SOON = 20, 30.0


@pytest.fixture
def rotated(rotating: Rotating, laggards: Laggards, tell: Tell) -> Iterator[Rotation]:
    """A mesh in which istiod is not restarted, cacerts is not replaced, nothing is lost, and no key is to be read."""
    with rotation.rotation(rotating, laggards) as made:
        istiod, uid = rotating.process(), rotating.secret()["metadata"]["uid"]
        yield made
        tell(made)
        assert made.idle() == []
        assert made.wrong() == 0
    assert made.lost() == []
    assert made.crowd.unsigned == []
    assert made.witnesses()
    assert rotating.process() == istiod
    assert rotating.secret()["metadata"]["uid"] == uid
    assert made.plain() == []


def test_another_intermediate_signs_and_the_former_again(rotated: Rotation) -> None:
    rotating, before, old = rotated.rotating, rotated.rotating.bundle(), rotated.listed
    new, taken = old.intermediate + 1, rotating.said(looked_for())
    rotated.step("another intermediate signs", intermediates=(old.intermediate, new), intermediate=new)
    after = rotating.bundle()
    assert after[trust.ROOT_CERT] == before[trust.ROOT_CERT]
    assert after[trust.CA_KEY] != before[trust.CA_KEY]
    assert rotating.said(looked_for()) > taken
    # What the alerts read follows at once.
    assert metrics.ends(after) != metrics.ends(before)
    assert metrics.expiries(rotating.mesh) == [metrics.ends(after)]
    assert {each.signer for each in rotated.crowd.holders} == {
        f"Intermediate CA {number} below Root CA {old.root}" for number in (old.intermediate, new)
    }

    rotated.step("the former signs again", intermediate=old.intermediate)
    assert rotating.bundle() == before


def looked_for() -> str:
    """In istiod's log, by the runbook."""
    [text] = re.findall(r"kubectl .* logs .*\| grep '(.+)'", runbooks.read("rotate-intermediate").text)
    return str(text)


def test_a_whole_rotation_of_the_root(rotated: Rotation) -> None:
    rotating, stable, old = rotated.rotating, rotated.rotating.bundle(), rotated.listed.root
    new = old + 1
    rotated.step("trust-both", roots=(old, new), days=1)
    both = rotating.bundle()
    assert "would sign too early" in rotated.refused(root=new)
    assert rotating.bundle() == both

    rotated.step("sign-new", root=new, days=1)
    signing = rotating.bundle()
    assert f"drops root {old} too early" in rotated.refused(roots=(new,))
    assert rotating.bundle() == signing

    # A day and an hour later, of which every proxy sees as much as it takes for its own certificate to run out.
    rotated.renewed()
    rotated.step("retire", roots=(new,), days=2)
    retired = rotating.bundle()
    assert both[trust.ROOT_CERT] == signing[trust.ROOT_CERT]
    assert both[trust.ROOT_CERT] == stable[trust.ROOT_CERT] + retired[trust.ROOT_CERT]
    assert {**retired, trust.ROOT_CERT: ""} == {**signing, trust.ROOT_CERT: ""}


@pytest.fixture
def broken(rotating: Rotating, laggards: Laggards, tell: Tell) -> Iterator[Rotation]:
    """A mesh in which something goes wrong, and afterwards nothing does."""
    before = rotating.bundle()
    with rotation.rotation(rotating, laggards) as made:
        made.crowd.ask("before")
        yield made
        tell(made)
    assert rotating.bundle() == before
    rotating.settled()
    with rotation.rotation(rotating, laggards) as made:
        made.meet("afterwards")
        assert laggards.ask() == []
        assert made.idle() == []
    assert made.lost() == []


def test_signing_with_a_root_that_nobody_knows_is_seen(broken: Rotation) -> None:
    """Negative control: sign-new without trust-both, past the program."""
    rotating, stable, other = broken.rotating, broken.rotating.bundle(), bundles.another()
    sign_new = {**other, trust.ROOT_CERT: stable[trust.ROOT_CERT] + other[trust.ROOT_CERT]}
    with broken.laggards.frozen(), rotating.replaced(sign_new):
        assert_refused(broken)


def test_dropping_a_root_whose_certificates_are_in_use_is_seen(broken: Rotation) -> None:
    """Negative control: retire without sign-new, past the program."""
    rotating, stable, other = broken.rotating, broken.rotating.bundle(), bundles.another()
    trust_both = {**stable, trust.ROOT_CERT: stable[trust.ROOT_CERT] + other[trust.ROOT_CERT]}
    with rotating.replaced(trust_both):
        rotating.settled()
        broken.meet("trust-both")
        assert broken.lost() == []
        with broken.laggards.frozen(), rotating.replaced(other):
            assert_refused(broken)
        rotating.settled()


def assert_refused(broken: Rotation) -> None:
    """By handshakes, and by the sidecars that have not heard."""
    broken.rotating.settled(but=(CLIENT, SERVER))
    broken.meet("after")
    assert broken.crowd.count.refused != []
    assert broken.laggards.ask() != []
    assert broken.wrong() > 0


def test_with_a_changed_bundle_every_agent_asks_at_once_and_is_answered(rotating: Rotating) -> None:
    """How long it takes with a hundred is printed by ``benchmarks.signing_burst``."""
    stable = rotating.bundle()
    both = {**stable, trust.ROOT_CERT: stable[trust.ROOT_CERT] + bundles.another()[trust.ROOT_CERT]}
    with agents.agents(rotating, AGENTS) as made:
        assert poll(lambda: agents.with_roots(made, stable[trust.ROOT_CERT]), within=SOON)
        with rotating.replaced(both):
            assert poll(lambda: agents.with_roots(made, both[trust.ROOT_CERT]), within=SOON)
            rotating.settled()
        assert poll(lambda: agents.with_roots(made, stable[trust.ROOT_CERT]), within=SOON)
    rotating.settled()
