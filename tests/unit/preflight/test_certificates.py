"""`make up` holds the certificates against the last outputs and against what an unfinished `up` left."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from ops.running import Result
from tests.support.days import NOON
from tests.support.unit.preflight_machine import Machine, last_up, rewrite, up

NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def test_a_step_that_skips_a_phase_is_told_before_the_engine_starts(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dates = {"issued": "2026-01-01", "ends": "2036-01-01"}
    kind = {"signing": 7, "generations": [{"number": 7, **dates}]}
    other = {"signing": 1, "generations": [{"number": 1, **dates}]}
    machine = Machine(last_up(certificates={"phase": "stable", "root": kind, "intermediate": other}))
    assert up(root, machine) == 1
    assert machine.called == []
    assert "would sign before workloads trust it" in capsys.readouterr().err


def generations(signing: int, *numbers: int) -> dict[str, Any]:
    listed = [{"number": number, "issued": "2026-01-01", "ends": "2036-01-01"} for number in numbers]
    return {"signing": signing, "generations": listed}


def certificates(since: datetime.datetime | None, signing: int = 1, numbers: tuple[int, ...] = (1,)) -> dict[str, Any]:
    """The output as an `up` left it at a moment."""
    written = {"root": generations(signing, *numbers), "intermediate": generations(1, 1)}
    moment = since and since.strftime("%Y-%m-%dT%H:%M:%SZ")
    return written | ({"since": {"trusted": moment, "signing": moment}} if moment else {})


def held(roots: list[int], root: int, intermediate: int = 1) -> dict[str, Result]:
    """A state in which cacerts holds these."""
    text = json.dumps({"roots": roots, "root": root, "intermediate": intermediate})
    metadata = {"name": "cacerts", "annotations": {"istio-eks/holds": text}}
    other = {"type": "kubernetes:core/v1:Secret", "inputs": {"metadata": {"name": "other"}}}
    secret = {"type": "kubernetes:core/v1:Secret", "inputs": {"metadata": metadata, "stringData": "ciphertext"}}
    found = {"deployment": {"resources": [other, secret, {"type": "aws:ec2/vpc:Vpc"}]}}
    return {"pulumi stack export": Result(code=0, out=json.dumps(found))}


@pytest.mark.parametrize(("hours", "status"), [(24, 1), (26, 0)])
def test_a_root_that_goes_too_early_is_told_before_the_engine_starts(
    root: Path, capsys: pytest.CaptureFixture[str], hours: int, status: int
) -> None:
    # Told in whole minutes, and none too early.
    since = NOON - datetime.timedelta(hours=hours, seconds=30)
    machine = Machine(last_up(certificates=certificates(since, 1, (1, 2))) | held([1, 2], 1))
    assert up(root, machine) == status
    free = since + datetime.timedelta(hours=25, seconds=30)
    assert (f"Drop it from {free:%Y-%m-%d %H:%M} UTC on" in capsys.readouterr().err) == bool(status)


def test_a_secret_that_an_unfinished_up_left_is_looked_at(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the outputs root 1 still signs; in the cluster it is gone."""
    before = last_up(certificates=certificates(NEW_YEAR, 1, (1, 2)))
    assert up(root, Machine(before | held([2], 2))) == 1
    assert "would sign before workloads trust it" in capsys.readouterr().err
    assert up(root, Machine(before | held([1, 2], 1))) == 0


def test_a_key_that_an_unfinished_up_let_sign_is_not_dropped(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the outputs only intermediate 1 ever signed; istiod signs with 2."""
    before = last_up(certificates=certificates(NEW_YEAR))
    assert up(root, Machine(before | held([1], 1, intermediate=2))) == 1
    assert "drops intermediate 2, which signed until now" in capsys.readouterr().err


def test_an_unfinished_up_of_the_intermediate_leaves_the_roots_their_moments(root: Path) -> None:
    before = last_up(certificates=certificates(NEW_YEAR))
    issued = '"2026-01-01"}]'
    rewrite(
        root,
        f"root: {{generations: [{{number: 1, issued: {issued}",
        'root: {generations: [{number: 1, issued: "2026-01-01"}, {number: 2, issued: "2026-01-02"}]',
    )
    rewrite(
        root,
        f"intermediate: {{generations: [{{number: 1, issued: {issued}",
        'intermediate: {generations: [{number: 1, issued: "2026-01-01"}, {number: 2, issued: "2026-01-02"}]',
    )
    assert up(root, Machine(before | held([1], 1, intermediate=2))) == 0


def test_the_day_of_a_generation_is_told_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(
        root,
        'root: {generations: [{number: 1, issued: "2026-01-01"',
        'root: {generations: [{number: 1, issued: "2026-02-01"',
    )
    assert up(root, Machine(last_up(certificates=certificates(NEW_YEAR)))) == 1
    assert 'Write "2026-01-01" again' in capsys.readouterr().err


def test_a_first_up_that_failed_goes_on_with_the_same_roots(root: Path) -> None:
    assert up(root, Machine(held([1], 1))) == 0
    assert up(root, Machine(held([7], 7))) == 1


def test_a_first_up_is_told_to_write_its_day_and_goes_on(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine()
    assert up(root, machine) == 0
    assert machine.called
    printed = capsys.readouterr().err
    assert printed.count("this `up` creates generation 1, but its `issued` is 2026-01-01.") == 2
    assert printed.count('will warn 325 days too early. To avoid this, stop here, set issued to "2026-11-22"') == 2
    rewrite(root, "2026-01-01", "2026-11-22")
    assert up(root, machine) == 0
    assert capsys.readouterr().err == ""
