"""``ops certificates --live``: real certificates behind a real TLS server, read through a false kubectl."""

import base64
import contextlib
import datetime
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from components import trust
from components.settings import Certificates
from components.trust import live
from ops.certificates import authority, cluster, text
from ops.certificates.cluster import Unreadable
from ops.preflight.checks import Result
from tests.support.days import NOON
from tests.support.unit import rotations
from tests.support.unit.certificate_settings import certificates as listed
from tests.support.unit.false_cluster import EARLIER, Kubectl, bundles, istiod
from tests.support.unit.rotations import Bundle, pems, up
from tests.support.unit.tls_provider import Cluster

# The steps of a rotation by name, those of today's settings.
STEPS = ("stable", "trust-both", "sign-new", "retired")


@dataclass(frozen=True)
class Rotation:
    """A rotation whose certificates are valid while the test runs: a handshake goes by the clock of this machine.

    settings: of each step; they name the day on which everything is made. secrets: cacerts after each step.
    """

    now: datetime.datetime
    settings: Mapping[str, Certificates]
    secrets: Mapping[str, Bundle]
    folder: Path

    def read(self, kubectl: Kubectl, signs: Bundle) -> live.Live:
        return read(kubectl, signs, self.folder, self.now)


def read(kubectl: Kubectl, signs: Bundle, folder: Path, now: datetime.datetime) -> live.Live:
    with istiod(signs, folder, now) as address:
        return cluster.read(kubectl, lambda pod: contextlib.nullcontext(address))


@pytest.fixture(scope="module")
def root_rotation(this_moment: datetime.datetime, tmp_path_factory: pytest.TempPathFactory) -> Rotation:
    return rotation(rotations.root_rotation((this_moment - EARLIER).date()), this_moment, tmp_path_factory)


@pytest.fixture(scope="module")
def intermediate_rotation(this_moment: datetime.datetime, tmp_path_factory: pytest.TempPathFactory) -> Rotation:
    return rotation(rotations.intermediate_rotation((this_moment - EARLIER).date()), this_moment, tmp_path_factory)


def rotation(steps: Mapping[str, Certificates], now: datetime.datetime, folders: pytest.TempPathFactory) -> Rotation:
    return Rotation(now=now, settings=steps, secrets=bundles(steps, now), folder=folders.mktemp("istiod"))


def compared(settings_: Certificates, found: live.Live, fingerprints: list[str] | None = None) -> list[str]:
    differences = live.compare(trust.plan(settings_, "cluster.local"), fingerprints, found)
    return [str(each) for each in differences if not each.note]


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
    assert "a signs with Intermediate CA 1 below Root CA 1, ca-cert.pem is Intermediate CA 1 below Root CA 2." in told


def test_an_istiod_that_still_signs_with_the_old_intermediate_is_seen(intermediate_rotation: Rotation) -> None:
    found = intermediate_rotation.read(
        Kubectl(intermediate_rotation.secrets["signs"]), intermediate_rotation.secrets["one"]
    )
    [told] = compared(intermediate_rotation.settings["signs"], found)
    assert "a signs with another key below Root CA 1, ca-cert.pem is Intermediate CA 2 below Root CA 1." in told


def test_an_authority_of_istiods_own_is_seen(root_rotation: Rotation) -> None:
    foreign = bundles({"other": root_rotation.settings["stable"]}, root_rotation.now)["other"]
    [told] = compared(
        root_rotation.settings["stable"], root_rotation.read(Kubectl(root_rotation.secrets["stable"]), foreign)
    )
    assert "a signs with another key below a root nobody lists" in told


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
    assert str(note).startswith(
        "istio-ca-root-cert has other roots in gone, which istiod no longer looks after. Delete"
    )


def test_a_secret_that_is_not_what_the_settings_say_is_seen(root_rotation: Rotation) -> None:
    old = root_rotation.secrets["trust-both"]
    found = root_rotation.read(Kubectl(old), old)
    assert ["ends at Root CA 1" in each for each in compared(root_rotation.settings["sign-new"], found)] == [True]
    assert "trusts Root CA 1, Root CA 2, the settings say Root CA 2" in "".join(
        compared(root_rotation.settings["retired"], found)
    )


def test_a_root_under_the_same_number_is_told_apart_by_its_fingerprint(root_rotation: Rotation) -> None:
    bundle = root_rotation.secrets["stable"]
    found = root_rotation.read(Kubectl(bundle), bundle)
    [told] = compared(root_rotation.settings["stable"], found, ["AA:BB"])
    assert "other certificates than the outputs name" in told


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
    told = "2027-01-01 and ends on 2028-01-01" if note else "2026-10-13 and ends on 2027-10-13"
    assert f"Intermediate CA 1 was made on {told}; the settings say 2026-11-22" in str(found[0])


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a_day_more_or_less_is_the_same(days: int) -> None:
    assert made_on(NOON + datetime.timedelta(days=days)) == []


def test_no_key_is_asked_for(root_rotation: Rotation) -> None:
    kubectl = Kubectl(root_rotation.secrets["stable"])
    root_rotation.read(kubectl, root_rotation.secrets["stable"])
    [secret] = [asked for asked in kubectl.asked if "secret" in asked]
    assert "ca-key.pem" not in " ".join(secret)
    assert "json" not in secret


def test_an_istiod_that_cannot_be_reached_is_said(root_rotation: Rotation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = closed.getsockname()
    found = cluster.read(Kubectl(root_rotation.secrets["stable"]), lambda pod: contextlib.nullcontext(address))
    assert "a could not be asked: " in compared(root_rotation.settings["stable"], found)[0]


def test_an_authority_that_has_ended_is_said(tmp_path: Path, this_moment: datetime.datetime) -> None:
    made = this_moment - trust.INTERMEDIATE_LIFETIME - datetime.timedelta(hours=1)
    day = [(1, str(made.date()))]
    ended = up(Cluster(now=made), settings := listed(day, intermediates=day))
    [told] = compared(settings, read(Kubectl(ended), ended, tmp_path, this_moment))
    assert "a could not be asked: it shows a chain in which a certificate has expired." in told


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


def test_without_an_istiod_that_is_the_difference(root_rotation: Rotation) -> None:
    found = cluster.read(Kubectl(root_rotation.secrets["stable"], pods=()), cluster.forwarding("none"))
    assert compared(root_rotation.settings["stable"], found) == [
        "No istiod is there. `kubectl -n istio-system get pods` says why."
    ]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Result(code=None), "there is no kubectl on this machine"),
        (Result(code=1, err='Error from server (NotFound): secrets "cacerts" not found'), "NotFound"),
        (Result(code=0, out="\n\n"), "does not hold what istiod needs"),
        (Result(code=0, out="\n".join([base64.b64encode(b"no PEM").decode()] * 3)), "what is no certificate"),
    ],
)
def test_a_cluster_that_does_not_answer_is_said(result: Result, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        cluster.read(lambda arguments: result, cluster.forwarding("none"))


def test_an_address_is_asked_in_place_of_the_pods(root_rotation: Rotation, tmp_path: Path) -> None:
    """The report over kubectl, with the kubeconfig of the outputs."""
    bundle = root_rotation.secrets["stable"]
    kubectl = Kubectl(bundle, pods=())
    asked: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> Result:
        asked.append(command)
        return kubectl(command[command.index("get") :])

    plan = trust.plan(root_rotation.settings["stable"], "cluster.local")
    found = authority.Report(
        stack="dev",
        plan=plan,
        now=root_rotation.now,
        outputs="read",
        applied=True,
        finished=True,
        since={},
        fingerprints={},
        tasks=(),
        refused=(),
    )
    with istiod(bundle, tmp_path, root_rotation.now) as (host, port):
        outputs = {"kubeconfig": '{"kind": "Config"}'}
        live_report = authority.with_cluster(found, outputs, run, kubeconfig=None, istiods=[f"{host}:{port}"])
    assert live_report.status == 0
    made = root_rotation.now - EARLIER
    [root, intermediate] = trust.expiries(live_report.plan, made.date(), live_report.made)
    assert root.ends == (made + trust.ROOT_LIFETIME).date()
    ends = (made + trust.INTERMEDIATE_LIFETIME).date()
    assert intermediate.ends == ends
    told = "\n".join(text.lines(live_report))
    assert f"have their full 24 h until {ends - datetime.timedelta(days=1)}." in told
    for key in ("ca-cert.pem", "root-cert.pem"):
        assert f"SHA-256 {trust.fingerprint(bundle[key])}" in told
    assert told.count(f"  made {made:%Y-%m-%d %H:%M} UTC") == 2
    authorities = text.document(live_report)["authorities"]
    assert [each["fingerprint"] for each in authorities] == [
        trust.fingerprint(bundle[key]) for key in ("root-cert.pem", "ca-cert.pem")
    ]
    assert [each["made"]["ends"][:10] for each in authorities] == [str(root.ends), str(ends)]
    assert [each for each in live_report.findings or () if not each.note] == []
    assert all(command[:2] == ["kubectl", "--kubeconfig"] for command in asked)
    assert not Path(asked[0][2]).exists()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exec sleep 60", "kubectl port-forward says nothing"),
        ("echo no such pod >&2", "no such pod"),
        ("echo Forwarding from [::1]:9 to 15012; exec sleep 60", "Forwarding from"),
    ],
)
def test_a_way_that_does_not_open_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, told: str
) -> None:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(f"#!/bin/sh\n{script}\n")
    kubectl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(cluster, "SECONDS", 0.3)
    with pytest.raises(Unreadable, match=told), cluster.forwarding("none")("istiod"):
        pass
