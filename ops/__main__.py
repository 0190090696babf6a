"""The command line of ``python -m ops``.

Exit status: 0 done, 1 settings or checks refused (message on standard error), 2 wrong usage.
"""

import datetime
import gc
import json
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from design.settings_reader import SettingsError
from ops import planned, stack_file

ROOT = Path(__file__).parents[1]

cli = typer.Typer(
    help="What people run beside Pulumi. Nothing here needs a credential but `up` and `destroy`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
StackName = Annotated[str, typer.Option("--stack", help="Name of a Pulumi.<name>.yaml.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Read this stack file instead.", exists=True, dir_okay=False)
]
Today = Annotated[
    datetime.datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="Take this day for today.")
]


@cli.command()
def preview(
    stack: StackName = "dev",
    config: ConfigFile = None,
    today: Today = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")] = "text",
) -> None:
    """Print what `pulumi up` would build, without a cloud account."""
    plan = _plan(stack, config, today)
    if format == "json":
        typer.echo(json.dumps(plan.document, indent=2))
        return
    from ops import preview as text

    text.show(plan)


@cli.command()
def graph(stack: StackName = "dev", config: ConfigFile = None, today: Today = None) -> None:
    """Print the components and their order as a Mermaid diagram."""
    from ops import graph as mermaid

    typer.echo(mermaid.render(_plan(stack, config, today).document))


@cli.command()
def docs() -> None:
    """Write the generated parts of README.md and docs/."""
    from ops import readme

    for path in readme.write(ROOT, _plan("dev", None, None).document):
        typer.echo(f"wrote {path.relative_to(ROOT)}")


@cli.command(context_settings={"ignore_unknown_options": True})
def up(
    stack: StackName = "dev", arguments: Annotated[list[str] | None, typer.Argument(help="Passed to pulumi.")] = None
) -> None:
    """Check the machine, the account and the settings, then run `pulumi up`."""
    from ops import preflight

    raise typer.Exit(preflight.up(ROOT, stack, arguments or []))


@cli.command(context_settings={"ignore_unknown_options": True})
def destroy(
    stack: StackName = "dev", arguments: Annotated[list[str] | None, typer.Argument(help="Passed to pulumi.")] = None
) -> None:
    """Say what AWS keeps, check, then run `pulumi destroy`."""
    from ops import preflight

    raise typer.Exit(preflight.destroy(ROOT, stack, arguments or []))


def _plan(stack: str, config: Path | None, today: datetime.datetime | None) -> planned.Plan:
    """Evaluate a stack, or end with its problems on standard error."""
    from pulumi import RunError

    path = config or ROOT / f"Pulumi.{stack}.yaml"
    try:
        return planned.evaluate(ROOT, stack, path, today.date() if today else datetime.date.today())
    except stack_file.NotFound as error:
        _end(2, error)
    except (stack_file.Unreadable, SettingsError, RunError) as error:
        _end(1, error)


def _end(status: int, error: Exception) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(status)


if __name__ == "__main__":
    # A short run that drops nothing: collecting costs it a third of its time (benchmarks/preview.py).
    gc.disable()
    cli(prog_name="python -m ops")
