"""What a tier cannot run without: skipped on a machine that lacks it, a failure in CI."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from local import go, tools


def tool(name: str) -> Path:
    """A built tool, from source unless it is there already."""
    try:
        return tools.build(name)
    except go.GoMissing as missing:
        lacking(str(missing))


def istio_charts() -> dict[str, Path]:
    """Istio's charts by name."""
    try:
        return tools.charts()
    except go.GoMissing as missing:
        lacking(str(missing))


def lacking(reason: str) -> NoReturn:
    """CI has to be able to run everything: nothing is proven by what was left out."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
