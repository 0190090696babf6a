"""The only reader of stack config in the program."""

import datetime
from contextvars import ContextVar

import pulumi
from pulumi.runtime import config as engine_config

from ..settings import clock, names
from ..settings.loaded import Loaded
from ..settings.problems import report
from . import reading
from .reading import SettingsError

PROJECT = names.PROJECT
# The day handed to the program in place of the clock's; ``python -m ops --today`` and tests set it.
TODAY: ContextVar[datetime.date | None] = ContextVar("today", default=None)


def now() -> datetime.datetime:
    """Return this moment, in UTC; the first moment of the day that ``TODAY`` holds, where it holds one."""
    handed = TODAY.get()
    return clock.now() if handed is None else clock.midnight(handed)


def load() -> Loaded:
    """Settings of the running stack; warnings go to the engine's log.

    Raises pulumi.RunError, which the engine prints without a traceback: for refused settings always, and for
    placeholders when this is no dry run. Call it before the first resource.
    """
    stack = pulumi.get_stack()
    try:
        loaded = reading.load(_config(), stack=stack, today=now().date(), secret_keys=_secret_keys())
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None
    if loaded.placeholders and not pulumi.runtime.is_dry_run():
        raise pulumi.RunError(report(f"Pulumi.{stack}.yaml", loaded.placeholders))
    for warning in loaded.warnings:
        pulumi.log.warn(warning)
    return loaded


def _config() -> dict[str, str]:
    """Every key: ``pulumi.Config`` reads one at a time and would never see an unknown one."""
    return {**engine_config.get_config_env(), **engine_config.CONFIG.get()}


def _secret_keys() -> frozenset[str]:
    secret = {key for key in _config() if pulumi.runtime.is_config_secret(key)}
    return frozenset(secret.union(engine_config.get_config_secret_keys_env()))
