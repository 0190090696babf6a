"""The only module of the program that reads stack config."""

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
# Day that replaces the clock's; ``python -m ops --today`` and tests set it.
TODAY: ContextVar[datetime.date | None] = ContextVar("today", default=None)


def now() -> datetime.datetime:
    """Return the current time in UTC, or the start of the day in ``TODAY`` if it is set."""
    day = TODAY.get()
    return clock.now() if day is None else clock.midnight(day)


def load() -> Loaded:
    """Read the settings of the running stack, and log their warnings.

    Call it before the first resource.

    Raises:
        pulumi.RunError: the settings are not valid, or they contain placeholders and this is not a preview. The engine
            prints it without a traceback.
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
    """Return every key: ``pulumi.Config`` reads single keys and would never see an unknown one."""
    return {**engine_config.get_config_env(), **engine_config.CONFIG.get()}


def _secret_keys() -> frozenset[str]:
    secret = {key for key in _config() if pulumi.runtime.is_config_secret(key)}
    return frozenset(secret.union(engine_config.get_config_secret_keys_env()))
