"""``ops certificates --live`` against a cluster: nothing to say when all is well, and each thing that is not."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from components import trust
from components.settings import clock, names
from components.stack import reading
from local.authority.rotating import Rotating
from local.engine.session import PASSPHRASE
from local.tools import tools
from ops import running
from ops.certificates import authority, last_up
from ops.offline import stack_file
from tests.support.mesh import bundles
from tests.support.stack_files import ROOT

WELL = "The cluster matches the settings, and istiod signs with their intermediate."


@pytest.fixture(autouse=True)
def _shell(monkeypatch: pytest.MonkeyPatch, rotating: Rotating) -> None:
    """Of somebody who has logged in to the backend, and has the tools."""
    session = rotating.mesh.world.session
    path = (str(tools.BIN), str(Path(sys.executable).parent), os.environ["PATH"])
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{session.backend}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)


def command(rotating: Rotating, *more: str) -> "subprocess.CompletedProcess[str]":
    session = rotating.mesh.world.session
    given = {
        "--stack": session.stack,
        "--config": str(session.file),
        "--today": session.today.isoformat(),
        "--kubeconfig": str(rotating.mesh.control_plane.kubeconfig),
        "--istiod": rotating.istiod_address,
    }
    words = [word for pair in given.items() for word in pair]
    argv = [sys.executable, "-m", "ops", "certificates", "--live", *words, *more]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)


def findings(rotating: Rotating, istiods: Sequence[str] = ()) -> list[str]:
    """What is to be acted on, and why the cluster was not read; the status says the same."""
    session = rotating.mesh.world.session
    file = stack_file.read(session.file)
    loaded = reading.load(file.values, stack="dev", today=session.today, secret_keys=file.secrets)
    run, now = running.runner(ROOT), clock.midnight(session.today)
    last = last_up.outputs(run, "dev")
    assert last
    alone = authority.report(loaded, last, now, last_up.resources(run, "dev"))
    assert alone.status == 0
    asked = istiods or [rotating.istiod_address]
    found = authority.with_cluster(alone, last, run, kubeconfig=rotating.mesh.control_plane.kubeconfig, istiods=asked)
    said = [str(each) for each in found.findings or () if not each.note]
    said += [str(found.unreadable)] if found.unreadable else []
    assert found.status == (1 if said else 0)
    return said


def test_a_cluster_that_is_well_has_nothing_to_say(rotating: Rotating) -> None:
    done = command(rotating)
    assert (done.returncode, done.stderr) == (0, "")
    assert WELL in done.stdout
    assert "Phase: stable. Outputs of the last up: read." in done.stdout
    [fingerprint] = rotating.mesh.world.session.outputs()["rootCertificateFingerprints"]
    assert fingerprint in done.stdout
    # Certificates begin now, and the settings' day is another.
    assert " was issued on " in done.stdout


def test_an_authority_of_the_same_names_is_told_from_ours(rotating: Rotating) -> None:
    """istiod refuses to take it, and goes on with ours."""
    with rotating.replaced(bundles.another(**signing(rotating))):
        told = findings(rotating)
        assert "trusts other certificates than those in the outputs, with the same numbers" in told[0]
        assert f"{rotating.istiod_address} signs with another key below an unknown root" in told[1]
        assert command(rotating).returncode == 1
    assert_well(rotating)


def test_other_generations_than_listed_are_named(rotating: Rotating) -> None:
    ours = rotating.bundle()
    other = bundles.another(77, 77)
    with rotating.replaced({**other, trust.ROOT_CERT: ours[trust.ROOT_CERT] + other[trust.ROOT_CERT]}):
        rotating.settled()
        signs, chain, trusts = findings(rotating)
    assert "signs with Intermediate CA 77, but the settings say Intermediate CA " in signs
    assert "ends at Root CA 77, but the settings say Root CA " in chain
    assert ", Root CA 77, but the settings say Root CA " in trusts
    rotating.settled()
    assert_well(rotating)


def test_a_namespace_that_has_not_heard_is_named(rotating: Rotating) -> None:
    """While istiod takes nothing: what the Secret trusts now, nobody is told."""
    with rotating.replaced(bundles.another(**signing(rotating))):
        [told] = [each for each in findings(rotating) if names.ROOT_CONFIG_MAP in each]
    secret = f"{names.ISTIO_SYSTEM}/{names.CA_SECRET}"
    assert told.startswith(f"{names.ROOT_CONFIG_MAP} has other roots than Secret {secret} in bookinfo, ")
    assert_well(rotating)


def test_a_namespace_that_istiod_has_left_is_a_note(rotating: Rotating) -> None:
    """Nobody corrects it."""
    api = rotating.mesh.control_plane.api
    stale = {"name": names.ROOT_CONFIG_MAP, "namespace": "default"}
    data = {trust.ROOT_CERT: bundles.another()[trust.ROOT_CERT]}
    api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": stale, "data": data})
    try:
        assert_well(rotating)
        done = command(rotating)
    finally:
        api.delete("v1", "ConfigMap", names.ROOT_CONFIG_MAP, "default", wait=10)
    assert done.returncode == 0
    assert f"{names.ROOT_CONFIG_MAP} has other roots in default, which istiod no longer manages." in done.stdout


def test_an_istiod_that_does_not_answer_is_named(rotating: Rotating) -> None:
    nobody = rotating.istiod_address.replace(":15012", ":15999")
    [told] = findings(rotating, [nobody])
    assert told.startswith(f"{nobody} could not be queried: ")


@pytest.mark.parametrize("key", [trust.CA_CERT, trust.CERT_CHAIN, trust.ROOT_CERT])
def test_a_secret_that_holds_no_certificate_is_told(rotating: Rotating, key: str) -> None:
    with rotating.replaced(bundles.cut(rotating.bundle(), key)):
        [told] = findings(rotating)
    assert f"The cluster was not read: Secret {names.CA_SECRET} contains something other than a certificate." in told


def signing(rotating: Rotating) -> dict[str, int]:
    """Numbers of what signs."""
    return {kind: rotating.outputs()[kind]["signing"] for kind in ("root", "intermediate")}


def assert_well(rotating: Rotating) -> None:
    assert findings(rotating) == []
