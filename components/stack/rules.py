"""Runs the rules of every subject, which are in the ``rules.py`` and ``*_rules.py`` of each folder."""

import pkgutil
import re
from collections.abc import Collection
from importlib import import_module

from ..settings import Settings
from ..settings.problems import Problem
from ..settings.registry import RULES, Context, Layer, select

__all__ = ["RULES", "Context", "problems"]


def _register_all() -> None:
    """Import every module of rules in this package, so that a new module needs no registration."""
    product = import_module(__package__.rpartition(".")[0])
    subjects = (each for each in pkgutil.iter_modules(product.__path__, f"{product.__name__}.") if each.ispkg)
    for subject in subjects:
        for module in pkgutil.iter_modules(import_module(subject.name).__path__, f"{subject.name}."):
            if re.search(r"\.(\w+_)?rules$", module.name):
                import_module(module.name)


_register_all()


def problems(
    context: Context, *, subjects: Collection[str] | None = None, layers: Collection[Layer] | None = None
) -> list[Problem]:
    """Return every problem, in the order of the settings; nothing where the stack can be built.

    Args:
        context: settings of the right shape, with whatever else rules look at.
        subjects: folders whose rules are run, such as ``gateways``; all by default.
        layers: layers that the stack has; all by default.
    """
    unsorted = [problem for rule in select(subjects=subjects, layers=layers) for problem in rule.check(context)]
    return sorted(unsorted, key=lambda problem: _place(problem.key))


def _place(key: str) -> int:
    root = re.split(r"[.\[]", key)[0]
    written = [field.alias for field in Settings.model_fields.values()]
    return written.index(root) if root in written else -1
