"""What the program needs of config that is not its own: of the AWS provider's and of Pulumi's."""

import json
from collections.abc import Mapping
from typing import Any

from ..settings.problems import Problem

REGION = "aws:region"
DEFAULT_TAGS = "aws:defaultTags"
ACCOUNT_IDS = "aws:allowedAccountIds"
DISABLED_PROVIDERS = "pulumi:disable-default-providers"


def problems(config: Mapping[str, str]) -> list[Problem]:
    """What is missing or wrong; config: fully qualified keys with the raw text the engine hands out."""
    found = []
    if not config.get(REGION):
        found.append(
            Problem(
                key=REGION,
                value=None,
                reason="is missing: zones, endpoints and images depend on it.",
                remedy=f"Add it: pulumi config set {REGION} us-west-2.",
            )
        )
    disabled = _json(config, DISABLED_PROVIDERS, [])
    if not isinstance(disabled, list) or "kubernetes" not in disabled or "*" in disabled:
        found.append(_default_provider(disabled))
    return found


def default_tags(config: Mapping[str, str]) -> dict[str, str]:
    """Tags that the AWS provider adds to every resource."""
    tags = _json(config, DEFAULT_TAGS, {})
    own = tags.get("tags", {}) if isinstance(tags, dict) else {}
    return {str(key): str(value) for key, value in own.items()} if isinstance(own, dict) else {}


def account_ids(config: Mapping[str, str]) -> tuple[str, ...]:
    """Accounts that the stack may touch: a list or, as one account may be written, the bare number."""
    written = _json(config, ACCOUNT_IDS, [])
    if isinstance(written, list):
        return tuple(map(str, written))
    # A number may begin with 0, which JSON does not read.
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
        reason="must name kubernetes, or an object without our provider goes to whatever cluster kubectl uses; and not "
        '"*", because AWS is reached through its default provider.',
        remedy="Write [kubernetes].",
    )
