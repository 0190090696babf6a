"""Whose values a row is about, and what makes a value one that is meant."""

from typing import Any

ISTIOD = ("istiod",)
BASE = ("base",)
CNI = ("cni",)
GATEWAY = ("gateway",)
CONTROLLER = ("controller",)
ISTIO = ISTIOD + BASE + CNI + GATEWAY


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
