"""Since when the roots are as they are: what an ``up`` puts out, and the next one counts its waits from.

Moments are UTC, to the second. A day would have to be counted from its end, and a step would wait a day longer.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .authority import WORKLOAD_LIFETIME, TrustPlan, state

# From a changed Secret to every proxy. The kubelet brings it to istiod within two minutes, and istiod pushes it at
# once; a proxy that missed the push has it with its next stream, and none is older than half an hour (chart value
# keepaliveMaxServerConnectionAge; a longer one is refused).
PROPAGATION = datetime.timedelta(hours=1)
# istiod may sign with the old key until it has the new one, and what it signs lives for a whole lifetime from then.
OUT_OF_USE = PROPAGATION + WORKLOAD_LIFETIME

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, kw_only=True)
class Since:
    """Moments that hold for the roots of now; ``None`` where nobody wrote one down.

    trusted: exactly the listed roots are trusted. signing: the root that signs does, and no other has since.
    """

    trusted: datetime.datetime | None
    signing: datetime.datetime | None


def since(previous: Mapping[str, Any] | None) -> Since:
    """The moments in an output ``certificates``; those of a program that did not write any are unknown."""
    found = (previous or {}).get("since") or {}
    return Since(trusted=_read(found.get("trusted")), signing=_read(found.get("signing")))


def recorded(previous: Mapping[str, Any] | None, plan: TrustPlan, now: datetime.datetime) -> dict[str, Any]:
    """The output ``certificates`` of an ``up`` that has just changed ``cacerts``, or left it as it was.

    previous: the same output of the last ``up``; what has not changed keeps its moment.
    now: read after ``cacerts`` is written, so that no wait is counted from before its cause.
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
    """Numbers of the roots in an output ``certificates``, by ascending number."""
    return sorted(int(each["number"]) for each in recorded["root"]["generations"]) if recorded else []


def told(moment: datetime.datetime) -> str:
    """A moment for a person, never before the real one: ``2026-11-23 13:05 UTC``."""
    utc = moment.astimezone(datetime.UTC)
    up = utc + datetime.timedelta(seconds=59, microseconds=999999)
    return f"{up:%Y-%m-%d %H:%M} UTC"


def _read(text: Any) -> datetime.datetime | None:
    if text is None:
        return None
    return datetime.datetime.strptime(str(text), _FORMAT).replace(tzinfo=datetime.UTC)


def _written(moment: datetime.datetime) -> str:
    # Up to a whole second: cut off, it would be earlier than what it stands for.
    utc = moment.astimezone(datetime.UTC)
    return (utc + datetime.timedelta(microseconds=999999)).strftime(_FORMAT)
