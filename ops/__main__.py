"""Command line of ``python -m ops``; each command is implemented in ``ops.<subject>.command``.

Exit status: 0 success, 1 invalid settings or failed checks (message on standard error), 2 wrong usage.
"""

import datetime
import gc
from pathlib import Path
from typing import Annotated, Literal

import typer

ROOT = Path(__file__).parents[1]

cli = typer.Typer(
    help="Commands to run beside Pulumi. Only `up` and `destroy` need credentials.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
StackName = Annotated[str, typer.Option("--stack", help="Name of a Pulumi.<name>.yaml.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Stack file to read instead.", exists=True, dir_okay=False)
]
Today = Annotated[datetime.datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="Date to use as today.")]


@cli.command()
def new(
    stack: Annotated[str, typer.Argument(help="Name of the new environment, such as staging.")],
    region: Annotated[str | None, typer.Option("--region", help="AWS region.")] = None,
    zone: Annotated[
        list[str] | None,
        typer.Option("--zone", help="Availability zone, two or three, permanent. Default: the first of the region."),
    ] = None,
    size: Annotated[
        Literal["small", "medium", "large", "xlarge"] | None,
        typer.Option("--size", help="Size of the mesh. Default: small."),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", help="Host of the sample application. Default: every host.")
    ] = None,
    api_cidr: Annotated[
        list[str] | None,
        typer.Option(
            "--api-cidr",
            help="Range that may reach the Kubernetes API from the internet; may be repeated. Default: none; `up` must "
            "then run inside the VPC.",
        ),
    ] = None,
    today: Today = None,
) -> None:
    """Write the stack file of a new environment; on a terminal, ask for missing choices.

    Exit status: 0 written, 1 the file exists or the choices are not valid, 2 wrong usage.
    """
    from ops.new import command

    given = {"region": region, "zones": zone, "size": size, "host": host, "api_cidrs": api_cidr}
    command.run(ROOT, stack, given, _now(today).date())


@cli.command()
def preview(
    stack: StackName = "dev",
    config: ConfigFile = None,
    today: Today = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="Output format.")] = "text",
    values: Annotated[
        bool, typer.Option("--values", help="Include the values of every Helm release; JSON always has them.")
    ] = False,
) -> None:
    """Print what `pulumi up` would build, without a cloud account."""
    from ops import stacks
    from ops.preview import command

    command.run(stacks.plan(ROOT, stack, config, _now(today).date()), format, values=values)


@cli.command()
def graph(stack: StackName = "dev", config: ConfigFile = None, today: Today = None) -> None:
    """Print the components and their order as a Mermaid diagram."""
    from ops import stacks
    from ops.preview import graph

    typer.echo(graph.render(stacks.plan(ROOT, stack, config, _now(today).date()).document))


@cli.command()
def diff(
    base: Annotated[str, typer.Option("--base", metavar="REF", help="Commit, branch or tag to compare with.")],
    head: Annotated[str | None, typer.Option("--head", metavar="REF", help="Default: the work tree.")] = None,
    stack: Annotated[
        list[str] | None, typer.Option("--stack", help="Stack to compare; may be repeated. Default: every stack.")
    ] = None,
    format: Annotated[Literal["markdown", "json"], typer.Option("--format", help="Output format.")] = "markdown",
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=0, help="Maximum bytes of Markdown; 0 for no limit. Default: the limit of a comment."
        ),
    ] = None,
    pull: Annotated[bool, typer.Option("--pull", help="Fetch charts from their repositories.")] = False,
    today: Today = None,
) -> None:
    """Print what a change does to every stack, risks first, without credentials.

    Exit status: 0 no changes, 3 changes, 4 changes with risks, 1 a revision cannot plan a stack (the changed settings
    are printed), 2 wrong usage or an unknown revision.
    """
    from ops.diff import command

    asked = command.Asked(base=base, head=head, stacks=tuple(stack or ()), pull=pull, today=_now(today).date())
    raise typer.Exit(command.run(ROOT, asked, format, limit))


@cli.command()
def certificates(
    stack: StackName = "dev",
    config: ConfigFile = None,
    today: Today = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="Output format.")] = "text",
    live: Annotated[bool, typer.Option("--live", help="Compare with the cluster, through kubectl.")] = False,
    kubeconfig: Annotated[
        Path | None,
        typer.Option(
            "--kubeconfig", help="Kubeconfig for --live. Default: the stack's own.", exists=True, dir_okay=False
        ),
    ] = None,
    istiod: Annotated[
        list[str] | None,
        typer.Option("--istiod", help="Address host:port to use instead of the istiod pods; may be repeated."),
    ] = None,
) -> None:
    """Print the certificates of the certificate authority and the next tasks; exit with 1 if one is due."""
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
    stack: StackName = "dev",
    arguments: Annotated[list[str] | None, typer.Argument(help="Arguments for pulumi.")] = None,
) -> None:
    """Check the machine, the account and the settings, then run `pulumi up`."""
    from ops.preflight import command

    raise typer.Exit(command.up(ROOT, stack, arguments or [], _now(None)))


@cli.command(context_settings={"ignore_unknown_options": True})
def destroy(
    stack: StackName = "dev",
    arguments: Annotated[list[str] | None, typer.Argument(help="Arguments for pulumi.")] = None,
) -> None:
    """Print what AWS keeps, run the checks, then `pulumi destroy`."""
    from ops.preflight import command

    raise typer.Exit(command.destroy(ROOT, stack, arguments or []))


def _now(today: datetime.datetime | None) -> datetime.datetime:
    """Return the current time, or midnight of the date of ``--today``."""
    from components.settings import clock

    return clock.midnight(today.date()) if today else clock.now()


if __name__ == "__main__":
    # Garbage collection would take a third of a short run (benchmarks/preview.py).
    gc.disable()
    cli(prog_name="python -m ops")
