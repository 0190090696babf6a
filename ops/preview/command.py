"""``python -m ops preview``: print a plan as JSON or as text."""

import json

import typer

from ops.offline.planned import Plan


def run(plan: Plan, style: str, *, values: bool) -> None:
    """Print a plan.

    Args:
        plan: The plan.
        style: ``text`` or ``json``.
        values: Include the values of Helm releases in the text; the document always has them.
    """
    if style == "json":
        typer.echo(json.dumps(plan.document, indent=2))
        return
    # The import of rich is slow.
    from ops.preview import text

    text.show(plan, values=values)
