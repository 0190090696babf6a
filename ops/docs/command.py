"""``python -m ops docs``: brings docs/ up to date."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from ops.docs import generated


def run(root: Path, document: Mapping[str, Any]) -> None:
    """Write every outdated page and file, and print its path."""
    for path in generated.written(document).write(root):
        typer.echo(f"wrote {path.relative_to(root)}")
