"""Whose values a row is about, and what makes a value one that is meant."""

import re
from typing import Any

ISTIOD = ("istiod",)
BASE = ("base",)
CNI = ("cni",)
GATEWAY = ("gateway",)
CONTROLLER = ("controller",)
ISTIO = ISTIOD + BASE + CNI + GATEWAY


_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
HOUR_MS = _UNIT_MS["h"]


def milliseconds(duration: Any) -> float | None:
    """A duration as Go writes it; ``None`` for what is none."""
    parts = re.findall(r"([\d.]+)(ms|s|m|h)", str(duration))
    return sum(float(number) * _UNIT_MS[unit] for number, unit in parts) if parts else None


def given(value: Any) -> bool:
    """Anything but null, which removes a chart's default."""
    return value is not None


def touched(value: Any) -> bool:
    """Anything, null too."""
    return True


def off(value: Any) -> bool:
    """A word for no."""
    return str(value).lower() in ("false", "0", "off", "none", "")


def none(value: Any) -> bool:
    """No pods, as a number or as text."""
    return str(value) == "0"


def on(value: Any) -> bool:
    """A word for yes, as Go reads it."""
    return str(value).lower() in ("true", "1")
