"""Registry of the rules: what a rule may look at, and the layers of a stack that each rule concerns."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from . import Settings
from .problems import Problem

Layer = Literal["network", "cluster", "mesh", "tenants"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
"""From the lowest: each builds on the ones before it."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything that a rule may look at."""

    settings: Settings
    """Settings of the right shape."""
    region: str
    """AWS region, as ``aws:region`` writes it."""
    today: date
    """The day on which the settings are read, in UTC."""
    stack: str = "dev"
    """Name of the stack; with the project it names the cluster."""
    default_tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of ``aws:defaultTags``, which the AWS provider adds to every resource."""


Check = Callable[[Context], Iterable[Problem]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One requirement on the settings."""

    name: str
    """Subject and function, ``network.zones``."""
    layers: tuple[Layer, ...]
    """Layers that it concerns: it need not run for a stack that has none of them."""
    check: Check
    """Function that yields every problem."""

    @property
    def subject(self) -> str:
        """Folder of the subject that defines the rule."""
        return self.name.partition(".")[0]


RULES: dict[str, Rule] = {}
"""Every rule of the modules imported so far, by name; ``stack.rules`` imports all of them."""


def rule(*layers: Layer) -> Callable[[Check], Check]:
    """Register a rule under the name of its subject and its function.

    Raises:
        ValueError: no layer is given, or another rule has this name.
    """

    def register(check: Check) -> Check:
        name = f"{check.__module__.split('.')[-2]}.{check.__name__}"
        if not layers:
            raise ValueError(f"the rule {name} names no layer: write one of {', '.join(LAYERS)}")
        if name in RULES:
            raise ValueError(f"two rules are named {name}")
        RULES[name] = Rule(name=name, layers=layers, check=check)
        return check

    return register


def select(*, subjects: Collection[str] | None = None, layers: Collection[Layer] | None = None) -> list[Rule]:
    """Return the rules of the given subjects and layers, by name; ``None`` means all.

    A rule of several layers is included if one of them is.
    """
    return [
        each
        for _, each in sorted(RULES.items())
        if (subjects is None or each.subject in subjects) and (layers is None or set(layers) & set(each.layers))
    ]
