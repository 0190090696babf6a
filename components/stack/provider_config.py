"""Requirements on the config of the AWS provider and of Pulumi."""

import json
from collections.abc import Mapping
from typing import Any

from ..settings.problems import Problem

REGION = "aws:region"
DEFAULT_TAGS = "aws:defaultTags"
ACCOUNT_IDS = "aws:allowedAccountIds"
DISABLED_PROVIDERS = "pulumi:disable-default-providers"


def problems(config: Mapping[str, str]) -> list[Problem]:
    """Return what is missing or wrong.

    Args:
        config: fully qualified keys with the engine's raw text.
    """
    problems = []
    if not config.get(REGION):
        problems.append(
            Problem(
                key=REGION,
                value=None,
                reason="is missing: zones, endpoints and images depend on it.",
                remedy=f"Set it, for example with pulumi config set {REGION} us-west-2.",
            )
        )
    disabled = _json(config, DISABLED_PROVIDERS, [])
    if not isinstance(disabled, list) or "kubernetes" not in disabled or "*" in disabled:
        problems.append(_default_provider(disabled))
    return problems


def default_tags(config: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that the AWS provider adds to every resource."""
    tags = _json(config, DEFAULT_TAGS, {})
    own = tags.get("tags", {}) if isinstance(tags, dict) else {}
    return {str(key): str(value) for key, value in own.items()} if isinstance(own, dict) else {}


def account_ids(config: Mapping[str, str]) -> tuple[str, ...]:
    """Return the accounts in which the stack may be deployed; the config may hold a list or a single number."""
    written = _json(config, ACCOUNT_IDS, [])
    if isinstance(written, list):
        return tuple(map(str, written))
    # A number may begin with 0, which JSON rejects.
    return (str(written),)


def _json(config: Mapping[str, str], key: str, absent: Any) -> Any:
    try:
        return json.loads(config.get(key) or json.dumps(absent))
    except (ValueError, RecursionError):
        return config[key]


def _default_provider(disabled: object) -> Problem:
    return Problem(
        key=DISABLED_PROVIDERS,
        value=disabled or None,
        reason="must contain kubernetes, or an object without an explicit provider would be created in the cluster of "
        'the current kubectl context. It must not contain "*", because this program uses the default provider of AWS.',
        remedy="Set it to [kubernetes].",
    )
