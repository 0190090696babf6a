"""Surfaces that a row applies to, and the conditions on which a row refuses a value."""

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
    """Return a duration in Go's notation in milliseconds; ``None`` for anything else."""
    parts = re.findall(r"([\d.]+)(ms|s|m|h)", str(duration))
    return sum(float(number) * _UNIT_MS[unit] for number, unit in parts) if parts else None


def given(value: Any) -> bool:
    """Match any value but null, which removes a chart's default."""
    return value is not None


def touched(value: Any) -> bool:
    """Match any value, including null."""
    return True


def off(value: Any) -> bool:
    """Match every notation of false."""
    return str(value).lower() in ("false", "0", "off", "none", "")


def none(value: Any) -> bool:
    """Match zero, as a number or as text."""
    return str(value) == "0"


def on(value: Any) -> bool:
    """Match every notation of true that Go accepts."""
    return str(value).lower() in ("true", "1")
