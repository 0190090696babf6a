"""What goes wrong in the middle of a rotation: istiod is killed, the API server is away, the bundle is broken."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from components import trust
from local.authority.rotating import Rotating
from local.control_plane.programs import API_SERVER
from local.engine.runs import RunFailedError, Step
from local.processes import poll
from local.providers.tls import certificates
from tests.support.mesh import bundles, meshes, rotation
from tests.support.mesh.bundles import Bundle
from tests.support.mesh.counts import Tell
from tests.support.mesh.laggards import Laggards
from tests.support.mesh.rotation import CACERTS, Rotation

SOON = 20.0
# What istiod says of a bundle that it does not take (pilot/pkg/bootstrap/istio_ca.go, handleEvent).
REFUSED = ("Failed to update new Plug-in CA certs", "Updating new ROOT-CA not supported", "unable to determine signing")


@pytest.fixture
def rotated(rotating: Rotating, laggards: Laggards, tell: Tell) -> Iterator[Rotation]:
    """A mesh that loses nothing, whatever happens; whoever asks istiod while it is away asks again."""
    with rotation.rotation(rotating, laggards) as made:
        uid = rotating.secret()["metadata"]["uid"]
        yield made
        tell(made)
        assert made.idle() == []
        assert made.wrong() == 0
    assert made.lost() == []
    assert rotating.secret()["metadata"]["uid"] == uid
    assert made.plain() == []


def killing(rotating: Rotating) -> Callable[[Step], object]:
    """Kills istiod as soon as cacerts is another, before it can have taken it."""
    before = rotating.secret()["metadata"]["resourceVersion"]

    def kill() -> None:
        assert poll(lambda: rotating.secret()["metadata"]["resourceVersion"] != before, within=SOON, every=0.02)
        os.kill(rotating.process(), signal.SIGKILL)

    return lambda step: threading.Thread(target=kill).start() if step.name == CACERTS else None


def test_istiod_is_killed_in_the_middle_of_every_step(rotated: Rotation) -> None:
    rotating, old = rotated.rotating, rotated.listed
    root, intermediate = old.root + 1, max(old.intermediates) + 1
    another = {"intermediates": (old.intermediate, intermediate), "intermediate": intermediate}
    steps: list[tuple[str, int, dict[str, Any]]] = [
        ("trust-both with another intermediate", 1, {"roots": (old.root, root), **another}),
        ("sign-new", 1, {"root": root}),
        ("retire", 2, {"roots": (root,)}),
    ]
    for told, days, listed in steps:
        if told == "retire":
            rotated.renewed()
        istiod = rotating.process()
        rotated.step(told, days=days, watch=killing(rotating), **listed)
        assert rotating.process() != istiod
        assert rotating.signs_with(rotating.bundle())
    assert rotated.witnesses()


def test_the_api_server_is_away_for_a_while(rotated: Rotation) -> None:
    """The `up` fails before cacerts; the next one goes on. No sidecar notices."""
    rotating, plane, old = rotated.rotating, rotated.rotating.mesh.control_plane, rotated.listed
    before, tried, new = rotating.bundle(), rotated.looks.tried, max(old.intermediates) + 1
    rotating.change(**{**vars(old), "intermediates": (old.intermediate, new), "intermediate": new})
    try:
        with pytest.raises(RunFailedError) as failed:
            rotating.mesh.world.session.up(lambda step: plane.stop(API_SERVER) if step.name == CACERTS else None)
        assert poll(lambda: rotated.looks.tried > tried + 20, within=SOON)
    finally:
        plane.start(API_SERVER)
    assert CACERTS in failed.value.run.text
    assert rotating.bundle() == before
    rotated.step("again", intermediates=(old.intermediate, new), intermediate=new)
    assert rotating.bundle() != before
    assert rotated.witnesses()


BROKEN: dict[str, Callable[[Bundle, Bundle], Bundle]] = {
    "a certificate that ends in its middle": lambda ours, other: bundles.cut(ours, trust.CA_CERT),
    "roots that end in their middle": lambda ours, other: bundles.cut(ours, trust.ROOT_CERT),
    "the key of another": lambda ours, other: {**ours, trust.CA_KEY: other[trust.CA_KEY]},
    "a certificate below another root": lambda ours, other: {**ours, trust.ROOT_CERT: other[trust.ROOT_CERT]},
    "another authority at once": lambda ours, other: other,
}


@pytest.mark.parametrize("what", BROKEN)
def test_istiod_goes_on_with_the_old_bundle(rotating: Rotating, what: str) -> None:
    """Written by hand: the program refuses such a thing, and istiod says so in its log and in nothing else."""
    before = rotating.bundle()
    refused = complaints(rotating)
    with rotating.replaced(BROKEN[what](before, bundles.another())):
        assert poll(lambda: complaints(rotating) > refused, within=SOON)
        assert rotating.signs_with(before)
    meshes.eventually(lambda: signs(rotating, before))


def signs(rotating: Rotating, bundle: Bundle) -> None:
    assert rotating.signs_with(bundle)


def complaints(rotating: Rotating) -> int:
    """How often istiod has refused what it found."""
    return sum(map(rotating.said, REFUSED))


@pytest.mark.parametrize(
    ("broken", "why"), [("truncated", "is not one complete PEM block"), ("mismatched", "belongs to another key")]
)
def test_the_program_refuses_a_broken_bundle_before_it_is_applied(
    rotated: Rotation, broken: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not in the middle of the `up`: it takes an engine, too.
    foreign = bundles.another()[trust.CA_CERT]
    pem = {"truncated": foreign[:300], "mismatched": foreign}[broken]
    rotating, before, old = rotated.rotating, rotated.rotating.bundle(), rotated.listed
    version, new = rotating.secret()["metadata"]["resourceVersion"], max(old.intermediates) + 1
    make = certificates.locally_signed
    with monkeypatch.context() as patched:
        patched.setattr(certificates, "locally_signed", lambda *given: make(*given) | {"certPem": pem})
        said = rotated.refused(intermediates=(*old.intermediates, new), intermediate=new)
    assert why in said
    assert rotating.secret()["metadata"]["resourceVersion"] == version
    assert rotating.signs_with(before)
    # What cannot be used is listed no more.
    rotating.mesh.world.session.up()
    assert rotating.bundle() == before
    rotated.meet("afterwards")
