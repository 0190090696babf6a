"""Names that a provider makes up when the program sets none."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.diff.tables.difference import DEFAULTS


@dataclass(frozen=True, kw_only=True)
class AutoName:
    """property: the input that names the resource. longest: in characters, ``separator`` and seven hex digits included.

    Bridged providers append seven hex digits to the logical name (pulumi-terraform-bridge pkg/tfbridge, AutoName).
    """

    property: str = "name"
    separator: str = "-"
    longest: int = 63


def fill(rule: AutoName | None, logical: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with a name: the previous one while the resource lives, else a new random one."""
    named = dict(news)
    if rule is None or rule.property in named:
        return named
    if rule.property in olds.get(DEFAULTS, ()):
        name = olds[rule.property]
    else:
        ending = rule.separator + secrets.token_hex(4)[:7]
        name = logical[: rule.longest - len(ending)] + ending
    return named | {rule.property: name, DEFAULTS: [rule.property]}
