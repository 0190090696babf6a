"""``ops certificates --live``: how a cluster differs from the settings, by a real TLS server and a false kubectl."""

import datetime
from pathlib import Path

import pytest

from components import trust
from components.trust import live
from ops.certificates import cluster
from tests.support.days import NOON
from tests.support.unit import rotations
from tests.support.unit.certificate_settings import certificates as listed
from tests.support.unit.false_cluster import EARLIER, Kubectl, bundles
from tests.support.unit.live_rotation import Rotation, compared, read
from tests.support.unit.rotations import pems, up
from tests.support.unit.tls_provider import Cluster

# The steps of a rotation by name, those of today's settings.
STEPS = ("stable", "trust-both", "sign-new", "retired")


@pytest.mark.parametrize("step", STEPS)
def test_a_cluster_that_is_as_asked_has_no_difference(root_rotation: Rotation, step: str) -> None:
    bundle = root_rotation.secrets[step]
    found = root_rotation.read(Kubectl(bundle), bundle)
    fingerprints = [each.fingerprint for each in found.roots]
    assert compared(root_rotation.settings[step], found, fingerprints) == []
    assert found.istiods["a"] == live.Served(by="Intermediate CA 1", root=found.chain[-1].name)


def test_an_istiod_that_still_signs_below_the_old_root_is_seen(root_rotation: Rotation) -> None:
    """The intermediate's key is the same in both: only the chain tells them apart."""
    found = root_rotation.read(Kubectl(root_rotation.secrets["sign-new"]), root_rotation.secrets["trust-both"])
    [told] = compared(root_rotation.settings["sign-new"], found)
    assert (
        "a signs with Intermediate CA 1 below Root CA 1, but ca-cert.pem is Intermediate CA 1 below Root CA 2." in told
    )


def test_an_istiod_that_still_signs_with_the_old_intermediate_is_seen(intermediate_rotation: Rotation) -> None:
    found = intermediate_rotation.read(
        Kubectl(intermediate_rotation.secrets["signs"]), intermediate_rotation.secrets["one"]
    )
    [told] = compared(intermediate_rotation.settings["signs"], found)
    assert "a signs with another key below Root CA 1, but ca-cert.pem is Intermediate CA 2 below Root CA 1." in told


def test_an_authority_of_istiods_own_is_seen(root_rotation: Rotation) -> None:
    foreign = bundles({"other": root_rotation.settings["stable"]}, root_rotation.now)["other"]
    [told] = compared(
        root_rotation.settings["stable"], root_rotation.read(Kubectl(root_rotation.secrets["stable"]), foreign)
    )
    assert "a signs with another key below an unknown root" in told


def test_a_namespace_that_has_not_heard_of_the_new_root_is_named(root_rotation: Rotation) -> None:
    both, old = root_rotation.secrets["trust-both"], root_rotation.secrets["stable"]
    kubectl = Kubectl(both, {"bookinfo": both["root-cert.pem"], "shop": old["root-cert.pem"]})
    [told] = compared(root_rotation.settings["trust-both"], root_rotation.read(kubectl, both))
    assert "istio-ca-root-cert has other roots than Secret istio-system/cacerts in shop." in told


def test_a_namespace_that_istiod_no_longer_looks_after_is_a_note(root_rotation: Rotation) -> None:
    both, old = root_rotation.secrets["trust-both"], root_rotation.secrets["stable"]
    kubectl = Kubectl(both, {"bookinfo": both["root-cert.pem"], "gone": old["root-cert.pem"]}, left=["gone"])
    found = root_rotation.read(kubectl, both)
    assert compared(root_rotation.settings["trust-both"], found) == []
    [note] = live.compare(trust.plan(root_rotation.settings["trust-both"], "cluster.local"), None, found)
    assert str(note).startswith("istio-ca-root-cert has other roots in gone, which istiod no longer manages. Delete")


def test_a_secret_that_is_not_what_the_settings_say_is_seen(root_rotation: Rotation) -> None:
    old = root_rotation.secrets["trust-both"]
    found = root_rotation.read(Kubectl(old), old)
    assert ["ends at Root CA 1" in each for each in compared(root_rotation.settings["sign-new"], found)] == [True]
    assert "trusts Root CA 1, Root CA 2, but the settings say Root CA 2" in "".join(
        compared(root_rotation.settings["retired"], found)
    )


def test_a_root_under_the_same_number_is_told_apart_by_its_fingerprint(root_rotation: Rotation) -> None:
    bundle = root_rotation.secrets["stable"]
    found = root_rotation.read(Kubectl(bundle), bundle)
    [told] = compared(root_rotation.settings["stable"], found, ["AA:BB"])
    assert "other certificates than those in the outputs" in told


def made_on(moment: datetime.datetime) -> list[live.Finding]:
    """What is said of an authority that was made then; the settings say 2026-11-22."""
    bundle = up(Cluster(now=moment), rotations.ROTATION["stable"])
    found = live.Live(
        signing=cluster.certificates(bundle["ca-cert.pem"])[0],
        chain=tuple(cluster.certificates(bundle["cert-chain.pem"])),
        roots=tuple(cluster.certificates(bundle["root-cert.pem"])),
        namespaces={},
        istiods={"a": live.Served(by="Intermediate CA 1", root="Root CA 1")},
    )
    return live.compare(trust.plan(rotations.ROTATION["stable"], "cluster.local"), None, found)


@pytest.mark.parametrize(("days", "note"), [(40, True), (-40, False)])
def test_a_later_start_is_a_note_and_an_earlier_one_to_be_acted_on(days: int, note: bool) -> None:
    found = made_on(NOON + datetime.timedelta(days=days))
    assert [each.note for each in found] == [note, note]
    told = "2027-01-01 and expires on 2028-01-01" if note else "2026-10-13 and expires on 2027-10-13"
    assert f"Intermediate CA 1 was issued on {told}; the settings say that it was issued on 2026-11-22" in str(found[0])


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a_day_more_or_less_is_the_same(days: int) -> None:
    assert made_on(NOON + datetime.timedelta(days=days)) == []


def test_an_ended_root_beside_the_one_that_signs_is_no_difference(
    tmp_path: Path, this_moment: datetime.datetime
) -> None:
    """As `expired-root` leaves it before its last step."""
    long_ago, now = this_moment - trust.ROOT_LIFETIME - datetime.timedelta(days=1), this_moment - EARLIER
    first, second = (1, str(long_ago.date())), (2, str(now.date()))
    mesh = Cluster(now=long_ago)
    up(mesh, listed([first], 1, [first], 1))
    mesh.now = now
    both = listed([first, second], 2, [first, second], 2)
    bundle = up(mesh, both)
    assert len(pems(bundle["root-cert.pem"])) == 2
    assert compared(both, read(Kubectl(bundle), bundle, tmp_path, this_moment)) == []
