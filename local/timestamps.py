"""Moments as text, as the Kubernetes API and the tls provider write them."""

import datetime

from components.settings import clock


def format_utc(moment: datetime.datetime) -> str:
    """Return a moment in UTC, to the second: ``2026-11-30T12:00:00Z``."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """Return this moment."""
    return format_utc(clock.now())
