"""What ``ops certificates --live`` asks a cluster, and what it says of one that does not answer."""

import base64
import contextlib
import datetime
import os
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from components import trust
from ops.certificates import authority, cluster, text
from ops.certificates.cluster import UnreadableError
from ops.running import Result
from tests.support.unit.certificate_settings import certificates as listed
from tests.support.unit.false_cluster import EARLIER, Kubectl, istiod
from tests.support.unit.live_rotation import Rotation, compared, read
from tests.support.unit.rotations import up
from tests.support.unit.tls_provider import Cluster


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
    assert "a could not be queried: " in compared(root_rotation.settings["stable"], found)[0]


def test_an_authority_that_has_ended_is_said(tmp_path: Path, this_moment: datetime.datetime) -> None:
    made = this_moment - trust.INTERMEDIATE_LIFETIME - datetime.timedelta(hours=1)
    day = [(1, str(made.date()))]
    ended = up(Cluster(now=made), settings := listed(day, intermediates=day))
    [told] = compared(settings, read(Kubectl(ended), ended, tmp_path, this_moment))
    assert "a could not be queried: a certificate has expired in the chain that it serves." in told


def test_without_an_istiod_that_is_the_difference(root_rotation: Rotation) -> None:
    found = cluster.read(Kubectl(root_rotation.secrets["stable"], pods=()), cluster.forwarding("none"))
    assert compared(root_rotation.settings["stable"], found) == [
        "No istiod is running. Run `kubectl -n istio-system get pods` to see why."
    ]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Result(code=None), "kubectl is not installed"),
        (Result(code=1, err='Error from server (NotFound): secrets "cacerts" not found'), "NotFound"),
        (Result(code=0, out="\n\n"), "lacks a certificate that istiod needs"),
        (
            Result(code=0, out="\n".join([base64.b64encode(b"no PEM").decode()] * 3)),
            "something other than a certificate",
        ),
    ],
)
def test_a_cluster_that_does_not_answer_is_said(result: Result, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
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
    assert f"get their full lifetime of 24 h until {ends - datetime.timedelta(days=1)}." in told
    for key in ("ca-cert.pem", "root-cert.pem"):
        assert f"SHA-256 {trust.fingerprint(bundle[key])}" in told
    assert told.count(f"  created {made:%Y-%m-%d %H:%M} UTC") == 2
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
        ("exec sleep 60", "kubectl port-forward printed nothing"),
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
    with pytest.raises(UnreadableError, match=told), cluster.forwarding("none")("istiod"):
        pass
