"""Rotations whose certificates are valid while the tests run, read from a false cluster."""

import contextlib
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from components import trust
from components.settings import Certificates
from components.trust import live
from ops.certificates import cluster
from tests.support.unit.false_cluster import Kubectl, bundles, istiod
from tests.support.unit.rotations import Bundle


@dataclass(frozen=True)
class Rotation:
    """A rotation whose certificates are valid while the test runs: a handshake goes by the clock of this machine.

    settings: of each step; they name the day on which everything is made. secrets: cacerts after each step.
    """

    now: datetime.datetime
    settings: Mapping[str, Certificates]
    secrets: Mapping[str, Bundle]
    folder: Path

    def read(self, kubectl: Kubectl, signs: Bundle) -> live.Live:
        return read(kubectl, signs, self.folder, self.now)


def read(kubectl: Kubectl, signs: Bundle, folder: Path, now: datetime.datetime) -> live.Live:
    with istiod(signs, folder, now) as address:
        return cluster.read(kubectl, lambda pod: contextlib.nullcontext(address))


def rotation(steps: Mapping[str, Certificates], now: datetime.datetime, folders: pytest.TempPathFactory) -> Rotation:
    return Rotation(now=now, settings=steps, secrets=bundles(steps, now), folder=folders.mktemp("istiod"))


def compared(settings_: Certificates, found: live.Live, fingerprints: list[str] | None = None) -> list[str]:
    differences = live.compare(trust.plan(settings_, "cluster.local"), fingerprints, found)
    return [str(each) for each in differences if not each.note]
