"""Where the time of an offline preview goes: ``python -m benchmarks.preview --stack dev``."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).parents[1]
IMPORTS = (
    "pulumi",
    "pulumi_aws.ec2",
    "pulumi_aws.iam",
    "pulumi_eks",
    "pulumi_kubernetes.core.v1",
    "pydantic",
    "rich",
    "typer",
)


def main(stack: Annotated[str, typer.Option(help="Stack to preview.")] = "dev", repeats: int = 5) -> None:
    """Print the median time of each part, and its share of the whole command."""
    whole = _median(lambda: _python("-m", "ops", "preview", "--stack", stack), repeats)
    start = _median(lambda: _python("-c", "pass"), repeats)
    imports = _median(lambda: _python("-c", f"import {', '.join(IMPORTS)}"), repeats)
    as_json = _median(lambda: _python("-m", "ops", "preview", "--stack", stack, "--format", "json"), repeats)
    rows = {
        "whole command, text": whole,
        "interpreter starts": start,
        "SDKs are imported": imports - start,
        "program runs, JSON": as_json - imports,
        "text is laid out": whole - as_json,
    }
    for label, seconds in rows.items():
        typer.echo(f"{label:<22} {seconds:6.2f} s {seconds / whole:6.0%}")


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _median(action: Callable[[], None], repeats: int) -> float:
    action()
    return sorted(_timed(action) for _ in range(repeats))[repeats // 2]


def _timed(action: Callable[[], None]) -> float:
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


if __name__ == "__main__":
    typer.run(main)
