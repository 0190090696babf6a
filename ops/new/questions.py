"""The choices as questions on a terminal."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from components.settings.problems import Problem
from components.stack import provider_config
from components.stack.reading import SettingsError
from ops.new import file
from ops.new.choices import Choices


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
        raise file.refused(SettingsError(f"Pulumi.{stack}.yaml", wrong))
    for name, question in QUESTIONS.items():
        while name not in given:
            answered = question.take(choices, prompt(question.asks, question.default(choices)).strip())
            problems = [each for each in _problems(stack, answered, day) if each.key.startswith(question.key)]
            if not problems:
                choices = answered
                break
            say("\n".join(map(str, problems)))
    return choices


def _problems(stack: str, choices: Choices, day: datetime.date) -> list[Problem]:
    try:
        file.checked(stack, choices, day)
    except SettingsError as error:
        return error.problems
    return []


def _is_of(given: Sequence[str], problem: Problem) -> bool:
    # Zones are judged by the region, which may still be asked for.
    names_ = [name for name in given if name != "zones" or "region" in given]
    return any(problem.key.startswith(QUESTIONS[name].key) for name in names_)
