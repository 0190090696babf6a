"""``python -m ops preview``: a plan, as a document or for a person."""

import json

import typer

from ops.offline.planned import Plan


def run(plan: Plan, style: str) -> None:
    """Print it."""
    if style == "json":
        typer.echo(json.dumps(plan.document, indent=2))
        return
    # What lays out a page takes its time to import.
    from ops.preview import text

    text.show(plan)
