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
# Timed inside one process, in the order in which `ops preview` does it.
PARTS = """
import time, sys, json, io, gc
from pathlib import Path
gc.disable()
marks = {}
last = time.perf_counter()
def mark(name):
    global last
    now = time.perf_counter(); marks[name] = now - last; last = now
import pulumi
mark("import pulumi")
import pulumi_aws.ec2, pulumi_aws.lb, pulumi_eks, pulumi_kubernetes.core.v1, pulumi_kubernetes.helm.v3, pulumi_tls
mark("import the providers' SDKs")
from components.settings import clock
from ops.offline import planned
from ops.preview import text
mark("import ops and components")
plan = planned.evaluate(Path.cwd(), sys.argv[1], Path(f"Pulumi.{sys.argv[1]}.yaml"), clock.now().date())
mark("read settings, run the program")
text.text(plan)
mark("lay out the text")
print(json.dumps(marks))
"""


def main(stack: Annotated[str, typer.Option(help="Stack to preview.")] = "dev", repeats: int = 5) -> None:
    """Print the median time of each part, and its share of the whole command."""
    whole = median(_timed("-m", "ops", "preview", "--stack", stack) for _ in range(repeats))
    runs = [json.loads(_python("-c", PARTS, stack)) for _ in range(repeats)]
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
