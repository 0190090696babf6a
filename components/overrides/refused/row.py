"""One row of the tables of refused values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .conditions import given

# Matches any number of keys at the front of a pattern.
ANYWHERE = "**"


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A value of a chart or an add-on that is refused, with an example that the tests write into the settings."""

    name: str
    """Unique name of the row, used in the ids of its tests."""
    surface: tuple[str, ...] = ()
    """Surfaces it applies to: base, cni, istiod, gateway, controller or the name of an add-on; empty means all."""
    path: tuple[str, ...]
    """Keys from the root of the values, each with shell wildcards.

    ``**`` in front matches at any depth; an empty path is the root itself.
    """
    when: Callable[[Any], bool] = given
    """Condition on which the value is refused; by default any value but null, which removes a chart's default."""
    example: Mapping[str, Any]
    """Values, from their root, that this row alone refuses.

    As close to accepted values as possible: the first number out of range, null where every value is refused.
    """
    accepted: Mapping[str, Any] = field(default_factory=dict)
    """The nearest values with the same key that no row refuses; empty where every value is refused."""
    reason: str
    """What is wrong and why it matters, continuing the line of the key."""
    remedy: str
    """What to write instead, an imperative sentence."""
