"""One row of the tables of refused values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .conditions import given

# Stands for any number of keys at the front of a pattern.
ANYWHERE = "**"


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A value of a chart or an add-on that is refused."""

    name: str
    """Unique name of the row; tests are called by it."""
    surface: tuple[str, ...] = ()
    """Whose values: base, cni, istiod, gateway, controller, or the name of an add-on; empty for all of them."""
    path: tuple[str, ...]
    """Keys from the root of the values, each with shell wildcards.

    ``**`` in front matches at any depth; no key at all is the root itself.
    """
    when: Callable[[Any], bool] = given
    """Whether the value at the path is refused; by default any but null, which removes a chart's default."""
    reason: str
    """What is wrong and why it matters, continuing the line of the key."""
    remedy: str
    """What to write instead, an imperative sentence."""
