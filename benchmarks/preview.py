"""Where the time of an offline preview goes: ``python -m benchmarks.preview --stack dev``."""

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

ROOT = Path(__file__).parents[1]


def main(stack: Annotated[str, typer.Option(help="Stack to preview.")] = "dev", repeats: int = 5) -> None:
    """Print the median time of each part, and its share of the whole command."""
    whole = median(_timed("-m", "ops", "preview", "--stack", stack) for _ in range(repeats))
    runs = [json.loads(_python("-m", "benchmarks.preview_parts", stack)) for _ in range(repeats)]
    parts = {name: median(run[name] for run in runs) for name in runs[0]}
    parts["start and end the interpreter"] = whole - sum(parts.values())
    for label, seconds in {**parts, "whole command": whole}.items():
        typer.echo(f"{label:<32} {seconds:6.2f} s {seconds / whole:6.0%}")


def _python(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def _timed(*arguments: str) -> float:
    before = time.perf_counter()
    _python(*arguments)
    return time.perf_counter() - before


if __name__ == "__main__":
    typer.run(main)
