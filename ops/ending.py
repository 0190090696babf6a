"""How a command ends that does not do what it was asked for."""

from typing import NoReturn

import typer


def refused(error: Exception, status: int) -> NoReturn:
    """With what the error says, on standard error."""
    typer.echo(str(error), err=True)
    raise typer.Exit(status)
