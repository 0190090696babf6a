"""The list of rules, and what a rule is given."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from . import Settings
from .problems import Problem


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
    """Register a rule under its subject's and its own name."""
    register(name_of(check), check)
    return check


def name_of(check: Callable[..., object]) -> str:
    """Return the name of a rule: the folder of its subject, and the function."""
    return f"{check.__module__.split('.')[-2]}.{check.__name__}"


def register(name: str, check: Rule) -> None:
    """Register a rule under a name of its own; two rules never share one."""
    if name in RULES:
        raise ValueError(f"two rules are named {name}")
    RULES[name] = check
