"""The command line of ``python -m ops``; what a command does, and imports, is ``ops.<subject>.command``.

Exit status: 0 done, 1 settings or checks refused (message on standard error), 2 wrong usage.
"""

import datetime
import gc
from pathlib import Path
from typing import Annotated, Literal

import typer

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
    from ops import stacks
    from ops.preview import command

    command.run(stacks.plan(ROOT, stack, config, _now(today).date()), format)


@cli.command()
def graph(stack: StackName = "dev", config: ConfigFile = None, today: Today = None) -> None:
    """Print the components and their order as a Mermaid diagram."""
    from ops import stacks
    from ops.preview import graph

    typer.echo(graph.render(stacks.plan(ROOT, stack, config, _now(today).date()).document))


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
    from ops.diff import command

    asked = command.Asked(base=base, head=head, stacks=tuple(stack or ()), pull=pull, today=_now(today).date())
    raise typer.Exit(command.run(ROOT, asked, format, limit))


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
    from ops import stacks
    from ops.certificates import command

    now = _now(today)
    loaded = stacks.settings(ROOT, stack, config, now.date())
    status = command.run(ROOT, loaded, now, format, live=live, kubeconfig=kubeconfig, istiods=istiod or [])
    raise typer.Exit(status)


@cli.command()
def docs() -> None:
    """Write the generated parts of README.md and docs/."""
    from ops import stacks
    from ops.docs import command

    command.run(ROOT, stacks.plan(ROOT, "dev", None, _now(None).date()))


@cli.command(context_settings={"ignore_unknown_options": True})
def up(
    stack: StackName = "dev", arguments: Annotated[list[str] | None, typer.Argument(help="Passed to pulumi.")] = None
) -> None:
    """Check the machine, the account and the settings, then run `pulumi up`."""
    from ops.preflight import command

    raise typer.Exit(command.up(ROOT, stack, arguments or [], _now(None)))


@cli.command(context_settings={"ignore_unknown_options": True})
def destroy(
    stack: StackName = "dev", arguments: Annotated[list[str] | None, typer.Argument(help="Passed to pulumi.")] = None
) -> None:
    """Say what AWS keeps, check, then run `pulumi destroy`."""
    from ops.preflight import command

    raise typer.Exit(command.destroy(ROOT, stack, arguments or []))


def _now(today: datetime.datetime | None) -> datetime.datetime:
    """Return this moment, or the first of the day that ``--today`` names."""
    from components.settings import clock

    return clock.midnight(today.date()) if today else clock.now()


if __name__ == "__main__":
    # A short run that drops nothing: collecting costs it a third of its time (benchmarks/preview.py).
    gc.disable()
    cli(prog_name="python -m ops")
