"""How long istiod signs when the roots change and every proxy asks at once: ``python -m benchmarks.signing_burst``.

The agents are light: a stream and a signing request each, with a key made before, and no Envoy. istiod, its token
reviews at the API server and what it signs are real.
"""

import sys
import time
from typing import Annotated

import typer

from benchmarks.scale import processes
from components import trust
from components.settings import clock
from local.authority import agents, roots, short_lived
from local.authority.rotating import Rotating
from local.machine import machine
from local.processes import poll

WITHIN = 120.0


def main(count: Annotated[int, typer.Option("--agents", help="How many ask.")] = 100, repeats: int = 3) -> None:
    """Print the time until the first and the last has its new certificate, and istiod's CPU time."""
    if not machine.inside():
        machine.enter([sys.executable, "-m", "benchmarks.signing_burst", *sys.argv[1:]])
    typer.echo("Bringing the mesh up ...", err=True)
    other = roots.unknown(clock.now())
    with short_lived.up() as mesh:
        mesh_ = Rotating(mesh=mesh)
        # The first burst is to find everybody at rest.
        mesh_.settled()
        stable = mesh_.bundle()
        both = {**stable, trust.ROOT_CERT: stable[trust.ROOT_CERT] + other}
        with agents.agents(mesh_, count) as made:
            _wait(made, stable)
            for _ in range(repeats):
                for told, bundle in (("a root more", both), ("a root less", stable)):
                    typer.echo(f"{count} agents, {told:<12} {_burst(mesh_, made, bundle)}")


def _burst(mesh: Rotating, made: list[agents.Agent], bundle: dict[str, str]) -> str:
    istiod, begun = mesh.process(), time.monotonic()
    used = processes.cpu(istiod)
    mesh.put(bundle)
    _wait(made, bundle)
    took = sorted(each.signed[-1][0] - begun for each in made)
    spent = processes.cpu(istiod) - used
    # The next one is to find everybody at rest, the sidecars too.
    mesh.settled()
    return f"first {took[0]:.2f} s, last {took[-1]:.2f} s after the Secret; istiod {spent:.2f} s of CPU"


def _wait(made: list[agents.Agent], bundle: dict[str, str]) -> None:
    if not poll(lambda: agents.with_roots(made, bundle[trust.ROOT_CERT]), within=WITHIN, every=0.01):
        raise SystemExit(f"not everybody was answered within {WITHIN:.0f} s")


if __name__ == "__main__":
    typer.run(main)
