"""From the engine's config to settings, or to every problem of it in one message.

Two passes, each complete: what cannot be read at all or has the wrong shape, then what the rules refuse.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from design import names, rules, shape
from design.placeholders import placeholders
from design.problems import Problem, report
from design.settings import Settings
from design.site import Site
from design.warnings import warnings

REGION = "aws:region"
DEFAULT_TAGS = "aws:defaultTags"
ACCOUNT_IDS = "aws:allowedAccountIds"
DISABLED_PROVIDERS = "pulumi:disable-default-providers"
TOP_LEVEL = tuple(field.alias or name for name, field in Settings.model_fields.items())


class SettingsError(Exception):
    """The config is refused; the text holds all problems of one pass."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        super().__init__(report(source, problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a stack decided.

    environment: project and stack, ``istio-eks-dev``; the cluster is named so.
    placeholders: values that only the owner of the account can know and that nobody has written yet.
    warnings: what is allowed and should be known before an ``up``.
    """

    settings: Settings
    region: str
    today: date
    stack: str
    environment: str
    placeholders: tuple[Problem, ...]
    warnings: tuple[str, ...]

    @property
    def site(self) -> Site:
        """What every component takes from here."""
        return Site(
            environment=self.environment, region=self.region, tags=self.settings.tags, protect=self.settings.protect
        )


def load(
    config: Mapping[str, str], *, stack: str, today: date, secret_keys: frozenset[str] = frozenset(), source: str = ""
) -> Loaded:
    """Read the whole config of a stack.

    config: fully qualified keys with the raw text the engine hands out: JSON for objects, bare text for scalars.
    secret_keys: the fully qualified keys that hold an encrypted value.
    source: what the message calls the config; the stack's file by default.

    Raises SettingsError.
    """
    source = source or f"Pulumi.{stack}.yaml"
    prefix = f"{names.PROJECT}:"
    raw = {key.removeprefix(prefix): text for key, text in config.items() if key.startswith(prefix)}
    secrets = frozenset(key.removeprefix(prefix) for key in secret_keys if key.startswith(prefix))

    provider, provider_problems = _provider(config)
    settings, shape_problems = _shape(raw, secrets)
    if settings is None or provider_problems or shape_problems:
        raise SettingsError(source, [*provider_problems, *shape_problems])

    region, default_tags = config[REGION], provider[DEFAULT_TAGS]
    _refuse(source, rules.problems(settings, region, today, stack=stack, default_tags=default_tags))
    left = placeholders(settings, provider[ACCOUNT_IDS])
    return Loaded(
        settings=settings,
        region=region,
        today=today,
        stack=stack,
        environment=f"{names.PROJECT}-{stack}",
        placeholders=tuple(left),
        warnings=tuple(warnings(settings, region, today, placeholders=left)),
    )


def parse(raw: Mapping[str, str], source: str, region: str, today: date) -> Settings:
    """Settings of the project namespace alone, keys without its prefix. Raises SettingsError."""
    settings, problems = _shape(raw, frozenset())
    if settings is None:
        raise SettingsError(source, problems)
    _refuse(source, rules.problems(settings, region, today))
    return settings


def _refuse(source: str, problems: list[Problem]) -> None:
    if problems:
        raise SettingsError(source, problems)


def _shape(raw: Mapping[str, str], secrets: frozenset[str]) -> tuple[Settings | None, list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, text in raw.items():
        # The empty default of Pulumi.yaml: the key is declared, and the stack does not set it.
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
        told = [problem.key for problem in problems]
        return None, problems + shape.problems(error, told)
    return (None if problems else settings), problems


def _value(key: str, text: str, *, secret: bool) -> tuple[Any, Problem | None]:
    if key not in TOP_LEVEL:
        shown = None if secret else text
        return None, Problem(key=key, value=shown, reason="is not a setting.", remedy=shape.nearest(key, TOP_LEVEL))
    if secret:
        return None, Problem(
            key=key,
            value=None,
            reason="holds a secret: settings are printed in previews and outputs, so none of them is secret.",
            remedy=f"Write it as plain text, or remove it: pulumi config rm {names.PROJECT}:{key}.",
        )
    try:
        return json.loads(text), None
    except json.JSONDecodeError:
        return None, _not_json(key, text)


def _not_json(key: str, text: str) -> Problem:
    if Settings.model_fields[_field(key)].annotation is bool:
        return Problem(
            key=key, value=text, reason="is neither true nor false.", remedy="Write true or false, without quotes."
        )
    return Problem(
        key=key,
        value=text,
        reason="is one text (not JSON); this key takes a mapping or a list.",
        remedy=f"Write it as YAML below the key, or one value at a time: "
        f"pulumi config set --path {names.PROJECT}:{key}.<name> <value>.",
    )


def _field(key: str) -> str:
    return next(name for name, field in Settings.model_fields.items() if field.alias == key)


def _provider(config: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """What the program needs from other namespaces than its own."""
    problems: list[Problem] = []
    if not config.get(REGION):
        problems.append(
            Problem(
                key=REGION,
                value=None,
                reason="is missing: zones, endpoints and images depend on it.",
                remedy=f"Add it: pulumi config set {REGION} us-west-2.",
            )
        )
    disabled = _json(config, DISABLED_PROVIDERS, [])
    if not isinstance(disabled, list) or "kubernetes" not in disabled or "*" in disabled:
        problems.append(_default_provider(disabled))
    tags = _json(config, DEFAULT_TAGS, {})
    own = tags.get("tags", {}) if isinstance(tags, dict) else {}
    ids = _json(config, ACCOUNT_IDS, [])
    return {
        DEFAULT_TAGS: {str(key): str(value) for key, value in own.items()} if isinstance(own, dict) else {},
        ACCOUNT_IDS: [str(account) for account in ids] if isinstance(ids, list) else [],
    }, problems


def _json(config: Mapping[str, str], key: str, absent: Any) -> Any:
    try:
        return json.loads(config.get(key) or json.dumps(absent))
    except json.JSONDecodeError:
        return config[key]


def _default_provider(disabled: object) -> Problem:
    return Problem(
        key=DISABLED_PROVIDERS,
        value=disabled or None,
        reason="must name kubernetes, or an object without our provider goes to whatever cluster kubectl uses; and not "
        '"*", because AWS is reached through its default provider.',
        remedy="Write [kubernetes].",
    )
