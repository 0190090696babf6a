"""Config as the engine hands it out, read or refused."""

import json
from typing import Any

import pytest

from components.charts.values import merge
from components.settings.loaded import Loaded
from components.stack import reading
from components.stack.reading import SettingsError
from tests.support.days import TODAY
from tests.support.unit.rule_case import GOOD

PROVIDERS = {"aws:region": "us-west-2", "pulumi:disable-default-providers": '["kubernetes"]'}


def config(changes: dict[str, Any] | None = None, **raw: str) -> dict[str, str]:
    """Good config as the engine hands it out; ``raw`` replaces the text of project keys."""
    values = {f"istio-eks:{key}": json.dumps(value) for key, value in merge(GOOD, changes or {}).items()}
    return {**PROVIDERS, **values, **{f"istio-eks:{key}": text for key, text in raw.items()}}


def load(config: dict[str, str], **options: Any) -> Loaded:
    return reading.load(config, stack="dev", today=TODAY, **options)


def refusal(config: dict[str, str], **options: Any) -> SettingsError:
    with pytest.raises(SettingsError) as refused:
        load(config, **options)
    return refused.value
