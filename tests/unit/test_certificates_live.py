"""``ops certificates --live``: real certificates behind a real TLS server, read through a false kubectl."""

import base64
import contextlib
import datetime
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from design import trust
from design.settings import Certificates
from design.trust import live
from ops import certificates, certificates_live
from ops.certificates_live import Address, Unreadable
from ops.checks import Result
from tests.unit.test_trust_x509 import INTERMEDIATE_ROTATION, NOON, ROTATION, Bundle, issued, key_of, pems, up
from tests.unit.tls_provider import Cluster

# The certificates have to be valid while the test runs: a handshake asks the clock of this machine.
NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def bundles(rotation: Mapping[str, Certificates]) -> dict[str, Bundle]:
    cluster = Cluster(now=NOW - datetime.timedelta(minutes=5))
    return {step: up(cluster, settings_) for step, settings_ in rotation.items()}


@pytest.fixture(scope="module")
def root_rotation() -> dict[str, Bundle]:
    return bundles(ROTATION)


@pytest.fixture(scope="module")
def intermediate_rotation() -> dict[str, Bundle]:
    return bundles(INTERMEDIATE_ROTATION)


@contextlib.contextmanager
def istiod(bundle: Bundle, folder: Path) -> Iterator[Address]:
    """A server with the certificate that an istiod with this Secret makes for itself."""
    [authority] = pems(bundle["ca-cert.pem"])
    own, key = issued(authority, key_of(bundle), starts=NOW - datetime.timedelta(minutes=2))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "istiod.pem"
    chain = own.public_bytes(serialization.Encoding.PEM) + bundle["cert-chain.pem"].encode()
    file.write_bytes(private + chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context), daemon=True).start()
        yield listening.getsockname()


def _serve(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as served:
            served.recv(1)


class Kubectl:
    """A cluster by what kubectl prints of it."""

    def __init__(self, bundle: Bundle, namespaces: Mapping[str, str] | None = None, pods: Sequence[str] = ("a",)):
        self.bundle, self.pods = bundle, pods
        self.namespaces = namespaces or {"bookinfo": bundle["root-cert.pem"], "shop": bundle["root-cert.pem"]}
        self.asked: list[list[str]] = []

    def __call__(self, arguments: Sequence[str]) -> Result:
        self.asked.append(list(arguments))
        return Result(code=0, out=self.answer(arguments))

    def answer(self, arguments: Sequence[str]) -> str:
        if arguments[1] == "secret":
            keys = ("ca-cert.pem", "cert-chain.pem", "root-cert.pem")
            return "\n".join(base64.b64encode(self.bundle[key].encode()).decode() for key in keys)
        if arguments[1] == "pods":
            return _list({"metadata": {"name": pod}, "status": {"phase": "Running"}} for pod in self.pods)
        return _list(
            {"metadata": {"namespace": name}, "data": {"root-cert.pem": text}} for name, text in self.namespaces.items()
        )


def _list(items: Iterator[dict[str, Any]]) -> str:
    return json.dumps({"items": list(items)})


def read(kubectl: Kubectl, signs: Bundle, folder: Path) -> live.Live:
    with istiod(signs, folder) as address:
        return certificates_live.read(kubectl, lambda pod: contextlib.nullcontext(address))


def compared(settings_: Certificates, found: live.Live, fingerprints: list[str] | None = None) -> list[str]:
    differences = live.compare(trust.plan(settings_, "cluster.local"), fingerprints, found)
    return [str(each) for each in differences if not each.note]


@pytest.mark.parametrize("step", ROTATION)
def test_a_cluster_that_is_as_asked_has_no_difference(
    root_rotation: dict[str, Bundle], step: str, tmp_path: Path
) -> None:
    bundle = root_rotation[step]
    found = read(Kubectl(bundle), bundle, tmp_path)
    fingerprints = [each.fingerprint for each in found.roots]
    assert compared(ROTATION[step], found, fingerprints) == []
    assert found.istiods["a"] == live.Served(by="Intermediate CA 1", root=found.chain[-1].name)


def test_an_istiod_that_still_signs_below_the_old_root_is_seen(
    root_rotation: dict[str, Bundle], tmp_path: Path
) -> None:
    """The intermediate's key is the same in both: only the chain tells them apart."""
    found = read(Kubectl(root_rotation["sign-new"]), root_rotation["trust-both"], tmp_path)
    [told] = compared(ROTATION["sign-new"], found)
    assert "a signs with Intermediate CA 1 below Root CA 1, ca-cert.pem is Intermediate CA 1 below Root CA 2." in told


def test_an_istiod_that_still_signs_with_the_old_intermediate_is_seen(
    intermediate_rotation: dict[str, Bundle], tmp_path: Path
) -> None:
    found = read(Kubectl(intermediate_rotation["signs"]), intermediate_rotation["one"], tmp_path)
    [told] = compared(INTERMEDIATE_ROTATION["signs"], found)
    assert "a signs with another key below Root CA 1, ca-cert.pem is Intermediate CA 2 below Root CA 1." in told


def test_an_authority_of_istiods_own_is_seen(root_rotation: dict[str, Bundle], tmp_path: Path) -> None:
    foreign = bundles({"other": ROTATION["stable"]})["other"]
    [told] = compared(ROTATION["stable"], read(Kubectl(root_rotation["stable"]), foreign, tmp_path))
    assert "a signs with another key below a root nobody lists" in told


def test_a_namespace_that_has_not_heard_of_the_new_root_is_named(
    root_rotation: dict[str, Bundle], tmp_path: Path
) -> None:
    both, old = root_rotation["trust-both"], root_rotation["stable"]
    kubectl = Kubectl(both, {"bookinfo": both["root-cert.pem"], "shop": old["root-cert.pem"]})
    [told] = compared(ROTATION["trust-both"], read(kubectl, both, tmp_path))
    assert "istio-ca-root-cert has other roots than Secret istio-system/cacerts in shop." in told


def test_a_secret_that_is_not_what_the_settings_say_is_seen(root_rotation: dict[str, Bundle], tmp_path: Path) -> None:
    old = root_rotation["trust-both"]
    found = read(Kubectl(old), old, tmp_path)
    assert ["ends at Root CA 1" in each for each in compared(ROTATION["sign-new"], found)] == [True]
    assert "trusts Root CA 1, Root CA 2, the settings say Root CA 2" in "".join(compared(ROTATION["retired"], found))


def test_a_root_under_the_same_number_is_told_apart_by_its_fingerprint(
    root_rotation: dict[str, Bundle], tmp_path: Path
) -> None:
    bundle = root_rotation["stable"]
    found = read(Kubectl(bundle), bundle, tmp_path)
    [told] = compared(ROTATION["stable"], found, ["AA:BB"])
    assert "other certificates than the outputs name" in told


def test_dates_that_differ_are_a_note(root_rotation: dict[str, Bundle], tmp_path: Path) -> None:
    bundle = Cluster(now=NOON + datetime.timedelta(days=40))
    late = up(bundle, ROTATION["stable"])
    found = live.Live(
        signing=certificates_live.certificates(late["ca-cert.pem"])[0],
        chain=tuple(certificates_live.certificates(late["cert-chain.pem"])),
        roots=tuple(certificates_live.certificates(late["root-cert.pem"])),
        namespaces={},
        istiods={"a": live.Served(by="Intermediate CA 1", root="Root CA 1")},
    )
    notes = live.compare(trust.plan(ROTATION["stable"], "cluster.local"), None, found)
    assert [each.note for each in notes] == [True, True]
    assert "Intermediate CA 1 was made on 2027-01-01 and ends on 2028-01-01; the settings say 2026-11-22" in str(
        notes[0]
    )


def test_no_key_is_asked_for(root_rotation: dict[str, Bundle], tmp_path: Path) -> None:
    kubectl = Kubectl(root_rotation["stable"])
    read(kubectl, root_rotation["stable"], tmp_path)
    [secret] = [asked for asked in kubectl.asked if "secret" in asked]
    assert "ca-key.pem" not in " ".join(secret)
    assert "json" not in secret


def test_an_istiod_that_cannot_be_reached_is_said(root_rotation: dict[str, Bundle]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = closed.getsockname()
    found = certificates_live.read(Kubectl(root_rotation["stable"]), lambda pod: contextlib.nullcontext(address))
    assert "a could not be asked: " in compared(ROTATION["stable"], found)[0]


def test_an_authority_that_has_ended_is_said(tmp_path: Path) -> None:
    ended = up(Cluster(now=NOW - trust.INTERMEDIATE_LIFETIME - datetime.timedelta(hours=1)), ROTATION["stable"])
    [told] = compared(ROTATION["stable"], read(Kubectl(ended), ended, tmp_path))
    assert "a could not be asked: it shows a chain in which a certificate has expired." in told


def test_without_an_istiod_that_is_the_difference(root_rotation: dict[str, Bundle]) -> None:
    found = certificates_live.read(Kubectl(root_rotation["stable"], pods=()), certificates_live.forwarding("none"))
    assert compared(ROTATION["stable"], found) == ["No istiod is there. `kubectl -n istio-system get pods` says why."]


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
        certificates_live.read(lambda arguments: result, certificates_live.forwarding("none"))


def test_an_address_is_asked_in_place_of_the_pods(root_rotation: dict[str, Bundle], tmp_path: Path) -> None:
    """The report over kubectl, with the kubeconfig of the outputs."""
    bundle = root_rotation["stable"]
    kubectl = Kubectl(bundle, pods=())
    asked: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> Result:
        asked.append(command)
        return kubectl(command[command.index("get") :])

    plan = trust.plan(ROTATION["stable"], "cluster.local")
    found = certificates.Report(
        stack="dev", plan=plan, now=NOW, outputs="read", applied=True, since={}, fingerprints={}, tasks=(), refused=()
    )
    with istiod(bundle, tmp_path) as (host, port):
        outputs = {"kubeconfig": '{"kind": "Config"}'}
        live_report = certificates.with_cluster(found, outputs, run, kubeconfig=None, istiods=[f"{host}:{port}"])
    assert live_report.status == 0
    assert [each for each in live_report.findings or () if not each.note] == []
    assert all(command[:2] == ["kubectl", "--kubeconfig"] for command in asked)
    assert not Path(asked[0][2]).exists()
