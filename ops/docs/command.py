"""``python -m ops docs``: update the generated parts of README.md and docs/."""

from pathlib import Path

import typer

from ops.docs import generated
from ops.offline.planned import Plan


def run(root: Path, plan: Plan) -> None:
    """Write and print every page and file that was out of date."""
    for path in generated.written(plan).write(root):
        typer.echo(f"wrote {path.relative_to(root)}")
