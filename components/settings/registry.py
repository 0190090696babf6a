"""The list of rules, and what a rule is given."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from design.problems import Problem
from design.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything a rule may look at.

    stack: name of the stack; with the project it names the cluster.
    default_tags: tags of ``aws:defaultTags``, which the AWS provider adds to every resource.
    """

    settings: Settings
    region: str
    today: date
    stack: str = "dev"
    default_tags: Mapping[str, str] = field(default_factory=dict)


Rule = Callable[[Context], Iterable[Problem]]

# By name: module and function, ``network.zones``.
RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """Register a rule under its module's and its own name."""
    register(f"{check.__module__.rpartition('.')[2]}.{check.__name__}", check)
    return check


def register(name: str, check: Rule) -> None:
    """Register a rule under a name of its own; two rules never share one."""
    if name in RULES:
        raise ValueError(f"two rules are named {name}")
    RULES[name] = check
