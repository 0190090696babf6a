"""What ``ops certificates`` says of a stack with some roots, outputs and state."""

import datetime
import json
from typing import Any

from components import trust
from components.stack import reading
from ops.certificates import authority, text
from ops.certificates.authority import Report
from tests.support.days import NOON
from tests.support.unit import certificate_settings, harness

FINGERPRINTS = ["AA:01", "BB:02"]


def report(
    roots: list[int],
    signing: int,
    *,
    last: dict[str, Any] | None = None,
    now: datetime.datetime = NOON,
    held: tuple[list[int], int] | None = None,
    state: list[dict[str, Any]] | None = None,
) -> Report:
    """held: roots in cacerts by the state, and the one that signs. state: what else it has."""
    config = harness.config("dev", certificate_settings.authority(roots, signing))
    loaded = reading.load(config, stack="dev", today=now.date())
    if held:
        state = [*(state or ()), secret({"roots": held[0], "root": held[1], "intermediate": 1})]
    return authority.report(loaded, last, now, state)


def secret(held: dict[str, Any]) -> dict[str, Any]:
    """cacerts as the state has it."""
    metadata = {"name": "cacerts", "annotations": {trust.HELD: json.dumps(held)}}
    return {"type": "kubernetes:core/v1:Secret", "inputs": {"metadata": metadata}}


def left(roots: list[int], signing: int, since: datetime.datetime) -> dict[str, Any]:
    """The outputs of an `up` with these roots at that moment."""
    mesh = reading.load(
        harness.config("dev", certificate_settings.authority(roots, signing)), stack="dev", today=NOON.date()
    )
    plan = trust.plan(mesh.settings.mesh.certificates, "cluster.local")
    return {
        "certificates": trust.recorded(None, plan, since),
        "rootCertificateFingerprints": FINGERPRINTS[: len(roots)],
    }


def told(found: Report) -> str:
    return "\n".join(text.lines(found))
