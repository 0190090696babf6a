"""What a tier cannot run without: skipped on a machine that lacks it, a failure in CI."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from local.tools import go, tools

Needed = TypeVar("Needed")


def tool(name: str) -> Path:
    """A built tool, from source unless it is there already."""
    return _had(lambda: tools.build(name))


def istio_charts() -> dict[str, Path]:
    """Istio's charts by name."""
    return _had(tools.charts)


def _had(fetch: Callable[[], Needed]) -> Needed:
    try:
        return fetch()
    except go.GoMissingError as missing:
        error = missing
    return lacking(str(error))


def lacking(reason: str) -> NoReturn:
    """CI has to be able to run everything: nothing is proven by what was left out."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
