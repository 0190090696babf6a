"""``python -m ops new``: the stack file of a new environment.

The file holds what nobody can choose for its owner, and the day of today. Everything else keeps its default. A setting
that a newcomer must choose is a field of ``Choices``, a section of ``text`` and a question of ``QUESTIONS``.
"""

import datetime
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from components import settings
from components.settings import names
from components.settings.loaded import Loaded
from components.settings.problems import Problem
from components.stack import identity_rules as identity
from components.stack import provider_config
from components.stack import reading as settings_reader
from components.stack.reading import SettingsError
from ops.offline import stack_file

# Nodes for the pods of each size: as many as run at rest, and room for what an autoscaler adds until its end
# (``components.capacity.report`` calculates both; tests hold these numbers against it). The size small has the
# defaults.
NODES: dict[settings.Size, dict[str, Any]] = {
    "medium": {"instanceTypes": ["m6i.xlarge"], "min": 3, "max": 6},
    "large": {"instanceTypes": ["m6i.2xlarge"], "min": 3, "max": 8},
    "xlarge": {"instanceTypes": ["m6i.4xlarge"], "min": 3, "max": 8},
}
SIZES: tuple[settings.Size, ...] = ("small", *NODES)


class NotWrittenError(Exception):
    """No file was written; the text says why, and what to write instead."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What only the owner of an environment can say.

    zones: empty for the first of the region, two for size small and else three.
    host: name under which Bookinfo answers; empty for every host.
    api_cidrs: ranges that may reach the Kubernetes API from the internet; empty for the VPC alone.
    """

    region: str
    zones: tuple[str, ...] = ()
    size: settings.Size = "small"
    host: str = ""
    api_cidrs: tuple[str, ...] = ()

    @property
    def all_zones(self) -> tuple[str, ...]:
        """The zones, or those that are likely."""
        letters = "ab" if self.size == "small" else "abc"
        return self.zones or tuple(f"{self.region}{letter}" for letter in letters)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What to ask on a terminal: a field of ``Choices`` from a line of text, which a default may stand for.

    key: the start of every setting that the answer decides; a problem of another one is not the answer's.
    """

    key: str
    asks: str
    default: Callable[[Choices], str]
    take: Callable[[Choices, str], Choices]


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.replace(",", " ").split())


QUESTIONS: dict[str, Question] = {
    "region": Question(
        key=provider_config.REGION,
        asks="AWS region",
        default=lambda choices: choices.region,
        take=lambda choices, line: replace(choices, region=line),
    ),
    "size": Question(
        key="mesh.size",
        asks="Size of the mesh (small to try it out; medium for up to 300 services, large 1,000, xlarge 3,000)",
        default=lambda choices: choices.size,
        take=lambda choices, line: replace(choices, size=line),  # type: ignore[arg-type]  # Checked as all settings.
    ),
    "zones": Question(
        key="network.zones",
        asks="Availability zones, two or three, for good: EKS takes no new zone into an existing cluster",
        default=lambda choices: " ".join(choices.all_zones),
        take=lambda choices, line: replace(choices, zones=_words(line)),
    ),
    "host": Question(
        key="gateways.",
        asks="Host of the sample application Bookinfo (* for every host)",
        default=lambda choices: choices.host or "*",
        take=lambda choices, line: replace(choices, host="" if line == "*" else line),
    ),
    "api_cidrs": Question(
        key="cluster.endpoint",
        asks="IPv4 ranges that reach the Kubernetes API from the internet (none: `up` needs a machine inside the VPC)",
        default=lambda choices: " ".join(choices.api_cidrs) or "none",
        take=lambda choices, line: replace(choices, api_cidrs=() if line == "none" else _words(line)),
    ),
}


def text(stack: str, choices: Choices, day: datetime.date) -> str:
    """Return the stack file."""
    small = choices.size == "small"
    generation = {"generations": [{"number": 1, "issued": str(day)}], "signing": 1}
    network = {"zones": list(choices.all_zones), **({} if small else {"nat": "per-zone"})}
    endpoint = {"public": True, "publicCidrs": list(choices.api_cidrs)} if choices.api_cidrs else {"public": False}
    nodes = {} if small else {"nodes": {"system": NODES.get(choices.size), "apps": NODES.get(choices.size)}}
    mesh = {"size": choices.size, "certificates": {"root": generation, "intermediate": generation}}
    sections = [
        ("", provider_config.REGION, choices.region),
        ("Zones are chosen for good: EKS takes no new zone into an existing cluster.", "network", network),
        (
            "Who reaches the Kubernetes API from the internet; the VPC always does.",
            "cluster",
            {"endpoint": endpoint, **nodes},
        ),
        ("Certificates are made at the first `up`. Write its day as `issued`, if it is a later one.", "mesh", mesh),
        ("namespace/host: who may route a host, here Bookinfo.", "gateways", {"public": {"hosts": [_host(choices)]}}),
    ]
    head = (
        f"# Written by `python -m ops new {stack}` on {day}. README.md lists every setting and its default.\nconfig:\n"
    )
    return head + "".join(_section(*section) for section in sections)


def assumed_zones(choices: Choices) -> str:
    """Return what to check where nobody named zones: an account has not every letter in every region."""
    return (
        f"Check that your account has the zones {', '.join(choices.all_zones)}: aws ec2 describe-availability-zones "
        f"--region {choices.region} --query 'AvailabilityZones[].ZoneName'"
    )


def checked(stack: str, choices: Choices, day: datetime.date) -> Loaded:
    """Return the settings that the file of these choices amounts to.

    Raises:
        SettingsError: they are refused.
    """
    with tempfile.TemporaryDirectory(prefix="ops-new-") as folder:
        path = Path(folder) / f"Pulumi.{stack}.yaml"
        path.write_text(text(stack, choices, day), encoding="utf-8")
        file = stack_file.read(path)
    return settings_reader.load(file.values, stack=stack, today=day, source=path.name)


def ask(
    stack: str,
    choices: Choices,
    day: datetime.date,
    given: Sequence[str],
    prompt: Callable[[str, str], str],
    say: Callable[[str], None],
) -> Choices:
    """Ask for every choice that is not given, each again until it is accepted.

    Args:
        stack: its name.
        choices: what is known, with defaults for the rest; the region may be empty.
        day: today.
        given: names of the choices that are not asked for.
        prompt: asks a question with a default; returns the line.
        say: prints a refusal.

    Raises:
        NotWrittenError: what is given is refused, whatever the answers.
    """
    if wrong := [each for each in _problems(stack, choices, day) if _is_of(given, each)]:
        raise NotWrittenError(_refusal(SettingsError(f"Pulumi.{stack}.yaml", wrong)))
    for name, question in QUESTIONS.items():
        while name not in given:
            answered = question.take(choices, prompt(question.asks, question.default(choices)).strip())
            problems = [each for each in _problems(stack, answered, day) if each.key.startswith(question.key)]
            if not problems:
                choices = answered
                break
            say("\n".join(map(str, problems)))
    return choices


def write(root: Path, stack: str, choices: Choices, day: datetime.date) -> Path:
    """Write the file, once it is known to be accepted; returns its path.

    Raises:
        NotWrittenError: it is refused, or there is such a file.
    """
    path = free_path(root, stack)
    try:
        checked(stack, choices, day)
        with path.open("x", encoding="utf-8") as file:
            file.write(text(stack, choices, day))
    except SettingsError as error:
        raise NotWrittenError(_refusal(error)) from None
    except FileExistsError:
        raise _there(path) from None
    return path


def free_path(root: Path, stack: str) -> Path:
    """Return the path of a file that is not there yet.

    Raises:
        NotWrittenError: there is one, or the name is none of a stack.
    """
    if not (identity.CLUSTER.fullmatch(stack) and identity.names_a_cluster(stack)):
        raise NotWrittenError(
            f"{stack!r} does not make a cluster name: {identity.CLUSTER_NAME}\nWrite a short word, as in staging."
        )
    path = stack_file.path_of(root, stack)
    if path.exists():
        raise _there(path)
    return path


def _there(path: Path) -> NotWrittenError:
    return NotWrittenError(
        f"{path.name} exists, and is not overwritten: it may be the only record of a running stack.\n"
        "Write another name, or edit the file."
    )


def _problems(stack: str, choices: Choices, day: datetime.date) -> list[Problem]:
    try:
        checked(stack, choices, day)
    except SettingsError as error:
        return error.problems
    return []


def _is_of(given: Sequence[str], problem: Problem) -> bool:
    # Zones are judged by the region, which may still be asked for.
    names_ = [name for name in given if name != "zones" or "region" in given]
    return any(problem.key.startswith(QUESTIONS[name].key) for name in names_)


def _refusal(error: SettingsError) -> str:
    return str(error).replace("nothing was created", "it was not written")


def _host(choices: Choices) -> str:
    return f"{names.BOOKINFO}/{choices.host or '*'}"


class _Dumper(yaml.SafeDumper):
    """Repeats what is said twice: an alias is for machines."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_list(self, data: Any) -> yaml.SequenceNode:
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


_Dumper.add_representer(list, _Dumper.represent_list)


def _section(comment: str, key: str, value: Any) -> str:
    full = key if ":" in key else f"{names.PROJECT}:{key}"
    lines = yaml.dump({full: value}, Dumper=_Dumper, sort_keys=False, width=200).splitlines()
    return "".join(f"  {line}\n" for line in [*([f"# {comment}"] if comment else []), *lines])
