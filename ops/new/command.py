"""``python -m ops new``: ask for missing choices and write a valid stack file."""

import datetime
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from components.stack import identity_rules
from components.stack.reading import SettingsError
from ops import ending
from ops.new import file, questions
from ops.new.choices import Choices
from ops.new.file import NotWrittenError
from ops.offline import stack_file


def run(root: Path, stack: str, given: Mapping[str, str | Sequence[str] | None], day: datetime.date) -> None:
    """Write ``Pulumi.<stack>.yaml``, or exit with the reason why not.

    Args:
        root: Folder of the stack files.
        stack: Name of the stack.
        given: Fields of ``Choices``; on a terminal the command asks for empty ones, otherwise they keep their defaults.
        day: Current date.
    """
    chosen = {name: value if isinstance(value, str) else tuple(value) for name, value in given.items() if value}
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if not ("region" in chosen or terminal):
        raise typer.BadParameter(
            "is required without a terminal. Add one, such as --region us-west-2.", param_hint="--region"
        )
    try:
        free_path(root, stack)
        choices = Choices(**{"region": "", **chosen})  # type: ignore[arg-type]  # By the options' own types.
        if terminal:
            choices = questions.ask(stack, choices, day, list(chosen), _prompt, typer.echo)
        path = write(root, stack, choices, day)
    except NotWrittenError as error:
        ending.refused(error, 1)
    typer.echo(f"Wrote {path.name}. See what `pulumi up` would build: make preview STACK={stack}")
    if not choices.zones:
        typer.echo(_assumed_zones(choices))


def write(root: Path, stack: str, choices: Choices, day: datetime.date) -> Path:
    """Write the file if its settings are valid, and return its path.

    Raises:
        NotWrittenError: The settings are not valid, or the file exists.
    """
    path = free_path(root, stack)
    try:
        file.checked(stack, choices, day)
        with path.open("x", encoding="utf-8") as new:
            new.write(file.text(stack, choices, day))
    except SettingsError as error:
        raise file.refused(error) from None
    except FileExistsError:
        raise _there(path) from None
    return path


def free_path(root: Path, stack: str) -> Path:
    """Return the path of a file that does not exist yet.

    Raises:
        NotWrittenError: The file exists, or the name is not valid.
    """
    if not (identity_rules.CLUSTER.fullmatch(stack) and identity_rules.names_a_cluster(stack)):
        raise NotWrittenError(
            f"{stack!r} is not a valid cluster name: {identity_rules.CLUSTER_NAME}\nUse a short word, such as staging."
        )
    path = stack_file.path_of(root, stack)
    if path.exists():
        raise _there(path)
    return path


def _there(path: Path) -> NotWrittenError:
    return NotWrittenError(
        f"{path.name} exists and is not overwritten: it may be the only record of a running stack.\n"
        "Use another name, or edit the file."
    )


def _assumed_zones(choices: Choices) -> str:
    """Return the check for default zones: an account does not have every zone letter in every region."""
    return (
        f"Check that your account has the zones {', '.join(choices.all_zones)}: aws ec2 describe-availability-zones "
        f"--region {choices.region} --query 'AvailabilityZones[].ZoneName'"
    )


def _prompt(question: str, default: str) -> str:
    return str(typer.prompt(question, default=default or None))
