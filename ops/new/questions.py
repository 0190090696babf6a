"""Questions on a terminal, one per choice."""

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
    """A question whose answer, one line of text, sets a field of ``Choices``."""

    key: str
    """Prefix of the settings that the answer decides; problems of other settings do not concern it."""
    asks: str
    default: Callable[[Choices], str]
    """Return the answer that Enter gives."""
    take: Callable[[Choices, str], Choices]
    """Return the choices with an answer."""


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
        asks="Size of the mesh (small for a trial; medium for up to 300 services, large 1,000, xlarge 3,000)",
        default=lambda choices: choices.size,
        take=lambda choices, line: replace(choices, size=line),  # type: ignore[arg-type]  # Checked as all settings.
    ),
    "zones": Question(
        key="network.zones",
        asks="Availability zones, two or three, permanent: EKS adds no zone to an existing cluster",
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
        asks="IPv4 ranges that may reach the Kubernetes API from the internet (none: run `up` inside the VPC)",
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
    """Ask for every choice that is not given, again until its answer is valid.

    Args:
        stack: Name of the stack.
        choices: Given choices, with defaults for the rest; the region may be empty.
        day: Current date.
        given: Names of the choices not to ask for.
        prompt: Asks a question with a default and returns the line.
        say: Prints a problem.

    Raises:
        NotWrittenError: The given choices are not valid.
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
    # The check of zones depends on the region, which may not be known yet.
    names_ = [name for name in given if name != "zones" or "region" in given]
    return any(problem.key.startswith(QUESTIONS[name].key) for name in names_)
