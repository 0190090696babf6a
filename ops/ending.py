"""End of a command that cannot do its task."""

from typing import NoReturn

import typer


def refused(error: Exception, status: int) -> NoReturn:
    """Print the error to standard error and exit."""
    typer.echo(str(error), err=True)
    raise typer.Exit(status)
