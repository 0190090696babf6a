"""The committed stacks, and the program's own reading of them under the engine's stand-in."""

from typing import Any

import pulumi
import pytest
import yaml

from components.settings import Settings, versions
from components.settings.loaded import Loaded
from components.stack import stack_config
from components.stack.placeholders import placeholders
from ops.offline import recorder, stack_file
from tests.support import stack_files
from tests.support.stack_files import ROOT
from tests.support.unit.answers import Answered

PROJECT: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
STACKS = ("dev", "prod")


def config(stack: str) -> dict[str, str]:
    return dict(stack_file.read(stack_files.committed(stack)).values)


def run(
    stack: str, *, config: dict[str, str], up: bool = False, secret_keys: frozenset[str] = frozenset()
) -> tuple[Loaded, list[str]]:
    """The program's first line, and the warnings it leaves."""
    loaded: list[Loaded] = []

    def program() -> None:
        loaded.append(stack_config.load())

    recording = recorder.record_program(
        program,
        stack,
        config,
        today=stack_files.newest_day(stack),
        secret_keys=secret_keys,
        answers=Answered() if up else None,
    )
    return loaded[0], recording.warnings


@pytest.mark.parametrize("stack", STACKS)
def test_the_committed_stacks_are_right(stack: str) -> None:
    loaded, _ = run(stack, config=config(stack))
    assert loaded.environment == f"istio-eks-{stack}"
    assert loaded.today == stack_files.newest_day(stack)


def test_dev_works_unedited() -> None:
    loaded, _ = run("dev", config=config("dev"), up=True)
    assert loaded.placeholders == ()


def test_prod_is_previewed_with_its_placeholders_and_warns_of_them_once() -> None:
    loaded, warnings = run("prod", config=config("prod"))
    assert loaded.placeholders
    assert sum("still contain placeholders" in warning for warning in warnings) == 1


def test_prod_is_not_built_with_its_placeholders() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        run("prod", config=config("prod"), up=True)
    message = str(refused.value)
    assert message.startswith("Pulumi.prod.yaml has ")
    for key in ("cluster.deployer", "gateways.public.tls.certificateArn", "aws:allowedAccountIds[0]"):
        assert f"\n  {key}: " in message


def test_refused_settings_are_no_traceback() -> None:
    with pytest.raises(pulumi.RunError, match=r"^Pulumi\.dev\.yaml has 1 problem; nothing was created"):
        run("dev", config={**config("dev"), "istio-eks:protect": "off"})


def test_an_encrypted_value_is_refused() -> None:
    secret = {**config("dev"), "istio-eks:tags": '{"team": "hunter2"}'}
    with pytest.raises(pulumi.RunError, match="is a secret") as refused:
        run("dev", config=secret, secret_keys=frozenset({"istio-eks:tags"}))
    assert "hunter2" not in str(refused.value)


def test_the_project_declares_every_setting_and_no_type() -> None:
    declared = {key: entry for key, entry in PROJECT["config"].items() if ":" not in key}
    assert list(declared) == [field.alias for field in Settings.model_fields.values()]
    for entry in declared.values():
        assert entry["description"]
        assert entry == {"description": entry["description"], "default": ""}


def test_descriptions_of_the_project_are_those_of_the_settings() -> None:
    for field in Settings.model_fields.values():
        assert f"{PROJECT['config'][field.alias]['description']}." == field.description


def test_the_project_pins_the_engine() -> None:
    assert PROJECT["requiredPulumiVersion"] == versions.PULUMI_CLI


def test_prod_has_placeholders_where_only_an_owner_knows() -> None:
    loaded, _ = run("prod", config=config("prod"))
    assert len(placeholders(loaded.settings)) == len(loaded.placeholders) - 1
