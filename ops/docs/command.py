"""``python -m ops docs``: update the generated parts of README.md and docs/."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from ops.docs import generated


def run(root: Path, document: Mapping[str, Any]) -> None:
    """Write and print every page and file that was out of date."""
    for path in generated.written(document).write(root):
        typer.echo(f"wrote {path.relative_to(root)}")
