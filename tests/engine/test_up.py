"""What an `up` of either stack leaves behind."""

import base64
import json

import jsonschema
import pytest

from components import trust
from components.contract import model as contract
from components.contract import parameter as contract_parameter
from components.settings import clock, names
from components.stack import reading
from local.world.world import World
from ops.certificates import last_up
from ops.offline import document, recorder, stack_file
from tests.support.engine.world import NOT_OURS
from tests.support.stack_files import ROOT
from tests.support.unit import harness

# A key as it stands in PEM, and the two beginnings of its base64 in the data of a Secret.
PEM = b"PRIVATE KEY-----"
ENCODED = tuple(base64.b64encode(b"-----BEGIN " + kind)[:20] for kind in (b"EC PRIVATE", b"PRIVATE KEY"))
KEPT = ("stacks", "history", "backups")


def offline(world: World) -> set[str]:
    """URNs of the offline preview, run with the settings of the session."""
    config = stack_file.read(world.session.file, ROOT / "Pulumi.yaml").values
    recording = recorder.record(ROOT, world.session.stack, config, today=world.session.today)
    return {resource["urn"] for resource in document.build(recording)["resources"]}


def types(urn: str) -> list[str]:
    """Types of a resource's parents, and its own last."""
    return urn.split("::")[2].split("$")


def test_a_second_preview_shows_no_change(stack: World) -> None:
    assert [(step.op, step.urn, step.changed) for step in stack.session.preview().changes()] == []


def test_the_outputs_fit_the_released_contract(stack: World) -> None:
    released = json.loads((ROOT / "docs" / "contract" / f"v{contract.VERSION}.json").read_text())
    outputs = stack.session.outputs()
    jsonschema.validate(outputs, released)
    assert sorted(outputs) == sorted(contract.keys())


def test_the_parameter_holds_the_outputs_and_is_as_long_as_was_foreseen_at_most(stack: World) -> None:
    session, ssm = stack.session, stack.account.session.ssm
    found = ssm.get_parameter(Name=f"/{names.PROJECT}-{session.stack}/contract")["Parameter"]
    outputs = session.outputs()
    assert (found["Type"], json.loads(found["Value"])) == ("String", outputs)
    config = stack_file.read(session.file, ROOT / "Pulumi.yaml").values
    settings = reading.load(config, stack=session.stack, today=session.today).settings
    longest = contract_parameter.longest(settings, outputs["region"], session.stack)
    # The certificate of a cluster that does not run is short.
    assert 0 < longest - len(found["Value"]) < 2000


def test_the_state_says_which_certificates_of_the_authority_were_made(stack: World) -> None:
    """Beside them it has one of each gateway that ends TLS."""
    session = stack.session
    config = stack_file.read(session.file, ROOT / "Pulumi.yaml").values
    mesh = reading.load(config, stack=session.stack, today=session.today).settings.mesh
    made = last_up.made(session.state()["resources"], trust.plan(mesh.certificates, mesh.trust_domain))
    assert (set(made.certificates), made.complete) == ({("root", 1), ("intermediate", 1)}, True)
    assert {each.starts for each in made.certificates.values()} == {clock.midnight(session.today)}


def test_a_preview_tells_of_the_end_of_what_was_made(stack: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session = stack.session
    assert "mesh.certificates" not in session.preview().text
    monkeypatch.setattr(session, "today", session.today + trust.INTERMEDIATE_LIFETIME)
    assert f"URGENT: mesh.certificates.intermediate: generation 1 expired on {session.today}." in session.preview().text


def test_the_offline_preview_names_what_the_engine_makes(stack: World) -> None:
    """All of it but the children of remote components, and nothing else."""
    found = {each["urn"]: each for each in stack.session.state()["resources"]}
    ours = {urn for urn, each in found.items() if not each["type"].startswith(NOT_OURS[1])}
    default_providers = {urn for urn in ours if "pulumi:providers:" in urn and "::default" in urn}
    remote = {urn for urn in ours if any(each.startswith("eks:index:") for each in types(urn)[:-1])}
    assert ours - default_providers - remote == offline(stack)
    assert remote, "the children of remote components would be seen"


def test_no_key_lies_on_disk_in_plain_text(stack: World) -> None:
    files = list(stack.session.files())
    assert {part for file in files for part in file.parts if part in KEPT} == set(KEPT)
    assert [file for file in files if any(mark in file.read_bytes() for mark in (PEM, *ENCODED))] == []


def test_a_key_on_disk_would_be_found(stack: World) -> None:
    """Negative control: the decrypted state holds the keys, as PEM and in the data of a Secret."""
    exported = stack.session.cli("stack", "export", "--show-secrets").stdout.encode()
    assert PEM in exported
    assert any(mark in exported for mark in ENCODED)


def test_no_output_is_secret(stack: World) -> None:
    assert "[secret]" not in harness.texts(json.loads(stack.session.cli("stack", "output", "--json").stdout))
