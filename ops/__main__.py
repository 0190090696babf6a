"""The command line of ``python -m ops``.

Exit status: 0 done, 1 settings or checks refused (message on standard error), 2 wrong usage.
"""

import datetime
import gc
import json
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from components.settings import clock
from components.stack import reading as settings_reader
from components.stack.reading import SettingsError
from ops.offline import planned, stack_file

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
def new(
    stack: Annotated[str, typer.Argument(help="Name of the new environment, as in staging.")],
    region: Annotated[str | None, typer.Option("--region", help="AWS region.")] = None,
    zone: Annotated[
        list[str] | None,
        typer.Option("--zone", help="Availability zone; two or three, for good. Default: the first of the region."),
    ] = None,
    size: Annotated[
        Literal["small", "medium", "large", "xlarge"] | None,
        typer.Option("--size", help="Of the mesh. Default: small."),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", help="Where the sample application answers. Default: every host.")
    ] = None,
    api_cidr: Annotated[
        list[str] | None,
        typer.Option(
            "--api-cidr",
            help="Range that may reach the Kubernetes API from the internet; may be repeated. Default: none, and `up` "
            "needs a machine inside the VPC.",
        ),
    ] = None,
    today: Today = None,
) -> None:
    """Write the stack file of a new environment; on a terminal, ask for what is not given.

    Exit status: 0 written, 1 there is such a file or the choices are refused, 2 wrong usage.
    """
    from ops.new import command

    given = {"region": region, "zones": zone, "size": size, "host": host, "api_cidrs": api_cidr}
    command.run(ROOT, stack, given, _now(today).date())


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
    from ops.preview import command as text

    text.show(plan)


@cli.command()
def graph(stack: StackName = "dev", config: ConfigFile = None, today: Today = None) -> None:
    """Print the components and their order as a Mermaid diagram."""
    from ops.preview import graph as mermaid

    typer.echo(mermaid.render(_plan(stack, config, today).document))


@cli.command()
def diff(
    base: Annotated[str, typer.Option("--base", metavar="REF", help="What to compare with: any commit git knows.")],
    head: Annotated[str | None, typer.Option("--head", metavar="REF", help="Default: the files as they lie.")] = None,
    stack: Annotated[list[str] | None, typer.Option("--stack", help="May be repeated. Default: every stack.")] = None,
    format: Annotated[Literal["markdown", "json"], typer.Option("--format", help="How to print it.")] = "markdown",
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="Most bytes of Markdown; 0 for no limit. Default: a comment's.")
    ] = None,
    pull: Annotated[bool, typer.Option("--pull", help="Fetch charts from their repositories.")] = False,
    today: Today = None,
) -> None:
    """Print what a change does to every stack, risks first, without credentials.

    Exit status: 0 nothing changes, 3 something changes, 4 something changes and there are risks, 1 a revision
    cannot plan a stack (what differs in its settings is printed), 2 wrong usage, an unknown revision among it.
    """
    from ops.diff import command, revisions

    asked = command.Asked(base=base, head=head, stacks=tuple(stack or ()), pull=pull, today=_now(today).date())
    try:
        page, status = command.run(ROOT, asked, format, limit)
    except (command.NoSuchStack, revisions.RevisionError) as error:
        _end(2, error)
    typer.echo(page)
    raise typer.Exit(status)


@cli.command()
def certificates(
    stack: StackName = "dev",
    config: ConfigFile = None,
    today: Today = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")] = "text",
    live: Annotated[bool, typer.Option("--live", help="Compare with the cluster, through kubectl.")] = False,
    kubeconfig: Annotated[
        Path | None, typer.Option("--kubeconfig", help="By default the stack's own.", exists=True, dir_okay=False)
    ] = None,
    istiod: Annotated[
        list[str] | None, typer.Option("--istiod", help="Ask host:port in place of every istiod pod; may be repeated.")
    ] = None,
) -> None:
    """Print the certificate authority, and what is next; ends with 1 when something is due."""
    from ops.certificates import command as authority
    from ops.certificates import last_up
    from ops.certificates import text as certificates_text
    from ops.preflight import checks

    now = _now(today)
    loaded = _settings(stack, config, now.date())
    run = checks.runner(ROOT)
    last, state = last_up.readable_outputs(run, stack), last_up.resources(run, stack)
    found = authority.report(loaded, last, now, state)
    if live:
        found = authority.with_cluster(found, last, run, kubeconfig=kubeconfig, istiods=istiod or [])
    if format == "json":
        typer.echo(json.dumps(certificates_text.document(found), indent=2))
    else:
        certificates_text.show(found)
    raise typer.Exit(found.status)


@cli.command()
def docs() -> None:
    """Write the generated parts of README.md and docs/."""
    from ops.docs import generated

    for path in generated.written(_plan("dev", None, None).document).write(ROOT):
        typer.echo(f"wrote {path.relative_to(ROOT)}")


@cli.command(context_settings={"ignore_unknown_options": True})
def up(
    stack: StackName = "dev", arguments: Annotated[list[str] | None, typer.Argument(help="Passed to pulumi.")] = None
) -> None:
    """Check the machine, the account and the settings, then run `pulumi up`."""
    from ops.preflight import command as preflight

    raise typer.Exit(preflight.up(ROOT, stack, arguments or [], clock.now()))


@cli.command(context_settings={"ignore_unknown_options": True})
def destroy(
    stack: StackName = "dev", arguments: Annotated[list[str] | None, typer.Argument(help="Passed to pulumi.")] = None
) -> None:
    """Say what AWS keeps, check, then run `pulumi destroy`."""
    from ops.preflight import command as preflight

    raise typer.Exit(preflight.destroy(ROOT, stack, arguments or []))


def _now(today: datetime.datetime | None) -> datetime.datetime:
    """Return this moment, or the first of the day that ``--today`` names."""
    return clock.midnight(today.date()) if today else clock.now()


def _settings(stack: str, config: Path | None, today: datetime.date) -> settings_reader.Loaded:
    """The settings of a stack, or an end with their problems on standard error."""
    path = config or ROOT / f"Pulumi.{stack}.yaml"
    try:
        file = stack_file.read(path)
        return settings_reader.load(
            file.values, stack=stack, today=today, secret_keys=file.secrets, source=file.path.name
        )
    except stack_file.NotFound as error:
        _end(2, error)
    except (stack_file.Unreadable, SettingsError) as error:
        _end(1, error)


def _plan(stack: str, config: Path | None, today: datetime.datetime | None) -> planned.Plan:
    """Evaluate a stack, or end with its problems on standard error."""
    from pulumi import RunError

    path = config or ROOT / f"Pulumi.{stack}.yaml"
    try:
        return planned.evaluate(ROOT, stack, path, _now(today).date())
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
