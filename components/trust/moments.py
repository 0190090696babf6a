"""Times of the last changes to the roots, which an ``up`` records and the next one counts its waits from.

Times are UTC, to the second. A day would have to be counted from its end, and a step would wait a day longer.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .authority import WORKLOAD_LIFETIME, TrustPlan, state

# Time from a changed Secret to every proxy. The kubelet updates it in istiod's pod within two minutes, and istiod
# pushes it at once. A proxy that missed the push receives it with its next stream, and no stream is older than half an
# hour (chart value keepaliveMaxServerConnectionAge; the rules refuse a longer one).
PROPAGATION = datetime.timedelta(hours=1)
# istiod may sign with the old key until it has the new one, and what it signs is valid for a whole lifetime from then.
OUT_OF_USE = PROPAGATION + WORKLOAD_LIFETIME

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, kw_only=True)
class Since:
    """Times of the last changes to the roots; ``None`` if they were not recorded."""

    trusted: datetime.datetime | None
    """Time since which exactly the listed roots have been trusted."""
    signing: datetime.datetime | None
    """Time since which the current signing root has been the only one to sign."""


def since(previous: Mapping[str, Any] | None) -> Since:
    """Return the times in an output ``certificates``; older versions of the program did not record them."""
    times = (previous or {}).get("since") or {}
    return Since(trusted=_read(times.get("trusted")), signing=_read(times.get("signing")))


def recorded(previous: Mapping[str, Any] | None, plan: TrustPlan, now: datetime.datetime) -> dict[str, Any]:
    """Return the output ``certificates`` of an ``up`` that has just written ``cacerts``.

    Args:
        previous: the same output of the last ``up``; what has not changed keeps its time.
        plan: what the settings ask for.
        now: the time after ``cacerts`` was written, so that no wait starts before its cause.
    """
    current, last = state(plan), previous or {}
    kept = since(last)
    same_roots = numbers(last) == numbers(current)
    same_signer = bool(last) and last["root"]["signing"] == current["root"]["signing"]
    return {
        **current,
        "since": {
            "trusted": _written(kept.trusted if same_roots and kept.trusted else now),
            "signing": _written(kept.signing if same_signer and kept.signing else now),
        },
    }


def numbers(recorded: Mapping[str, Any]) -> list[int]:
    """Return the numbers of the roots in an output ``certificates``, in ascending order."""
    return sorted(int(each["number"]) for each in recorded["root"]["generations"]) if recorded else []


def told(moment: datetime.datetime) -> str:
    """Format a time, rounded up to a minute: ``2026-11-23 13:05 UTC``."""
    utc = moment.astimezone(datetime.UTC)
    up = utc + datetime.timedelta(seconds=59, microseconds=999999)
    return f"{up:%Y-%m-%d %H:%M} UTC"


def _read(text: Any) -> datetime.datetime | None:
    if text is None:
        return None
    return datetime.datetime.strptime(str(text), _FORMAT).replace(tzinfo=datetime.UTC)


def _written(moment: datetime.datetime) -> str:
    # Rounded up to a second: rounded down, it would be before the real time.
    utc = moment.astimezone(datetime.UTC)
    return (utc + datetime.timedelta(microseconds=999999)).strftime(_FORMAT)
