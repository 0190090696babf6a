"""What a process takes, and what the machine loses to others."""

import itertools
import os

from benchmarks.scale import processes


def test_a_process_uses_time_and_memory() -> None:
    before = processes.cpu(os.getpid())
    assert any(processes.cpu(os.getpid()) > before for _ in itertools.islice(itertools.count(), 1_000_000))
    assert 0 < processes.program(os.getpid()) < processes.resident(os.getpid())
    assert 0 < processes.resident(os.getpid()) <= processes.peak(os.getpid()) < processes.memory()


def test_what_was_stolen_is_a_share() -> None:
    assert 0 <= processes.Stolen().share() <= 1
