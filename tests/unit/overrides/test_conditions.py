"""What YAML, Helm and Go take for yes, no, none and a duration."""

from typing import Any

import pytest

from components.overrides.refused import conditions


@pytest.mark.parametrize("value", [False, "false", "False", 0, "0", "off", "none", "", None])
def test_off(value: Any) -> None:
    assert conditions.off(value)


@pytest.mark.parametrize("value", [True, "true", 1, "on"])
def test_not_off(value: Any) -> None:
    assert not conditions.off(value)


@pytest.mark.parametrize("value", [True, "true", "True", 1, "1"])
def test_on(value: Any) -> None:
    assert conditions.on(value)


@pytest.mark.parametrize("value", [False, "false", 0, "yes", None])
def test_not_on(value: Any) -> None:
    assert not conditions.on(value)


@pytest.mark.parametrize(("value", "is_none"), [(0, True), ("0", True), (1, False), ("", False), (None, False)])
def test_no_pods(value: Any, is_none: bool) -> None:
    assert conditions.none(value) is is_none


@pytest.mark.parametrize(
    ("duration", "milliseconds"),
    [("500ms", 500), ("1s", 1_000), ("1.5m", 90_000), ("24h1s", 86_401_000), ("never", None), (None, None)],
)
def test_milliseconds(duration: Any, milliseconds: float | None) -> None:
    assert conditions.milliseconds(duration) == milliseconds
