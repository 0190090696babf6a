"""``python -m ops docs``: brings README.md and docs/ up to date."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from ops.docs import generated


def run(root: Path, document: Mapping[str, Any]) -> None:
    """Print every page and file that was not."""
    for path in generated.written(document).write(root):
        typer.echo(f"wrote {path.relative_to(root)}")
