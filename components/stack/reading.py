"""Reads the engine's config into settings, or reports every problem in one message.

There are two passes, and each reports everything: first config that cannot be read or has the wrong shape, then what
the rules refuse.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from ..settings import Settings, names, validation
from ..settings.loaded import Loaded
from ..settings.problems import Problem, report
from ..settings.registry import Context
from . import provider_config, rules
from .placeholders import placeholders
from .warnings import warnings

# Levels of nesting: deeper than the values of any chart. Pydantic's own limit is a little higher, and its error names
# no key.
DEEPEST = 64
TOP_LEVEL = tuple(field.alias or name for name, field in Settings.model_fields.items())


class SettingsError(Exception):
    """The config is not valid; the message lists all problems of one pass."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        super().__init__(report(source, problems))
        self.problems = problems


def load(
    config: Mapping[str, str], *, stack: str, today: date, secret_keys: frozenset[str] = frozenset(), source: str = ""
) -> Loaded:
    """Read the whole config of a stack.

    Args:
        config: fully qualified keys with the engine's raw text: JSON for objects, bare text for scalars.
        stack: name of the stack.
        today: day on which the settings are read, in UTC.
        secret_keys: fully qualified keys whose values are encrypted.
        source: name of the config in messages; the stack's file by default.

    Raises:
        SettingsError: the config is not valid.
    """
    source = source or f"Pulumi.{stack}.yaml"
    prefix = f"{names.PROJECT}:"
    raw = {key.removeprefix(prefix): text for key, text in config.items() if key.startswith(prefix)}
    secrets = frozenset(key.removeprefix(prefix) for key in secret_keys if key.startswith(prefix))

    provider_problems = provider_config.problems(config)
    settings, shape_problems = _shape(raw, secrets)
    if settings is None or provider_problems or shape_problems:
        raise SettingsError(source, [*provider_problems, *shape_problems])

    region, default_tags = config[provider_config.REGION], provider_config.default_tags(config)
    context = Context(settings=settings, region=region, today=today, stack=stack, default_tags=default_tags)
    _refuse(source, rules.problems(context))
    left = placeholders(settings, provider_config.account_ids(config))
    return Loaded(
        settings=settings,
        region=region,
        today=today,
        stack=stack,
        environment=f"{names.PROJECT}-{stack}",
        placeholders=tuple(left),
        warnings=tuple(warnings(settings, today, placeholders=left)),
    )


def _refuse(source: str, problems: list[Problem]) -> None:
    if problems:
        raise SettingsError(source, problems)


def _shape(raw: Mapping[str, str], secrets: frozenset[str]) -> tuple[Settings | None, list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, text in raw.items():
        # The empty default in Pulumi.yaml: the key is declared, but the stack does not set it.
        if text == "":
            continue
        value, problem = _value(key, text, secret=key in secrets)
        if problem:
            problems.append(problem)
        elif value is not None:
            values[key] = value
    try:
        settings = Settings.model_validate_json(json.dumps(values))
    except ValidationError as error:
        reported = [problem.key for problem in problems]
        return None, problems + validation.problems(error, reported)
    return (None if problems else settings), problems


def _value(key: str, text: str, *, secret: bool) -> tuple[Any, Problem | None]:
    if key not in TOP_LEVEL:
        shown = None if secret else text
        return None, Problem(
            key=key, value=shown, reason="is not a setting.", remedy=validation.nearest(key, TOP_LEVEL)
        )
    if secret:
        return None, Problem(
            key=key,
            value=None,
            reason="is a secret: previews and outputs print the settings, so no setting can be secret.",
            remedy=f"Write it as plain text, or remove it with pulumi config rm {names.PROJECT}:{key}.",
        )
    try:
        value = json.loads(text)
    except RecursionError:
        return None, _too_deep(key)
    except ValueError:
        return None, _not_json(key, text)
    return (None, _too_deep(key)) if _depth(value) > DEEPEST else (value, None)


def _depth(value: Any) -> int:
    """Count the levels of nested mappings and lists, without recursion: a value may exceed Python's recursion limit."""
    level, depth = [value], 0
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return depth


def _too_deep(key: str) -> Problem:
    return Problem(
        key=key,
        value=None,
        reason=f"has more than {DEEPEST} levels of nesting, which no chart and no setting accepts.",
        remedy="Remove levels.",
    )


def _not_json(key: str, text: str) -> Problem:
    if Settings.model_fields[_field(key)].annotation is bool:
        return Problem(
            key=key, value=text, reason="is neither true nor false.", remedy="Write true or false, without quotes."
        )
    return Problem(
        key=key,
        value=text,
        reason="is plain text (not JSON), but must be a mapping or a list.",
        remedy=f"Write it as YAML below the key, or set one value at a time with "
        f"pulumi config set --path {names.PROJECT}:{key}.<name> <value>.",
    )


def _field(key: str) -> str:
    return next(name for name, field in Settings.model_fields.items() if field.alias == key)
