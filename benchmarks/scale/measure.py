"""One variant, measured once."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.scale import crowd_process, istiod, processes, storms, world
from benchmarks.scale import layout as layouts
from benchmarks.scale.changes import Changes
from benchmarks.scale.crowd_process import Asked, Held, Synced
from benchmarks.scale.istiod import Istiod
from benchmarks.scale.markers import Markers
from benchmarks.scale.measured import Gateway, Measurement, Storm
from benchmarks.scale.variants import Variant
from benchmarks.scale.world import World

# Seconds within which everybody has everything, and istiod has nothing left to do.
SYNCS, RESTS = 180.0, 20.0
# Beyond these the client, or the machine's host, is what was measured.
LATE, BUSY, STOLEN = 0.25, 0.9, 0.05


@dataclass(frozen=True, kw_only=True)
class _Start:
    """Everybody has connected. held: what the proxies were given; the rest as in Measurement."""

    synced: Synced
    cpu: float
    full: int
    program: int
    settled: int
    heap: int
    held: Sequence[Held]

    def median(self, of: Callable[[Held], int]) -> int:
        """Return the median over the sidecars."""
        return int(statistics.median(of(each) for each in self.held if each.kind == "sidecar"))

    def gateway(self) -> Gateway:
        """Return what the gateway received."""
        [router] = [each for each in self.held if each.kind == "router"]
        return Gateway(routes=layouts.GATEWAY_ROUTES, clusters=router.clusters, bytes=router.bytes)


def measure(where: World, variant: Variant, repeat: int, markers: Markers) -> Measurement:
    """Start istiod, connect all proxies and write changes. Raises ProcessFailedError and SilentError."""
    folder = where.folder / f"{variant.name}-{repeat}"
    with world.installed(where, variant) as chart, istiod.running(where.plane, chart, folder) as control:
        # It writes a ConfigMap into every namespace first.
        control.idle(RESTS)
        with crowd_process.running(istiod.XDS, layouts.proxies(where.layout, chart.metadata)) as crowd:
            changes = Changes(world=where, variant=variant, crowd=crowd, markers=markers)
            return _measured(variant, repeat, changes, crowd, control)


def _measured(variant: Variant, repeat: int, changes: Changes, crowd: Asked, control: Istiod) -> Measurement:
    stolen = processes.Stolen()
    start = _start(crowd, control)
    done, told = _storms(changes, crowd, control)
    lag, ended = crowd.trouble()
    return Measurement(
        variant=variant.name,
        repeat=repeat,
        synced=start.synced.seconds,
        clusters=start.median(lambda each: each.clusters),
        bytes=start.median(lambda each: each.bytes),
        cpu=start.cpu,
        full=start.full,
        program=start.program,
        settled=start.settled,
        heap=start.heap,
        peak=control.peak(),
        storms=tuple(done),
        gateway=start.gateway(),
        client_lag=lag,
        client_cpu=start.synced.cpu,
        stolen=stolen.share(),
        notes=(*told, *_notes(start.synced, lag, ended, stolen.share())),
    )


def _start(crowd: Asked, control: Istiod) -> _Start:
    before = control.cpu()
    synced = crowd.sync(SYNCS)
    used = control.cpu() - before
    crowd.quiet(storms.QUIET, storms.ENDS)
    full, program = control.resident(), control.program()
    control.settle()
    settled, heap = control.resident(), control.heap()
    return _Start(synced=synced, cpu=used, full=full, program=program, settled=settled, heap=heap, held=crowd.state())


def _storms(changes: Changes, crowd: Asked, control: Istiod) -> tuple[list[Storm], list[str]]:
    done: list[Storm] = []
    told: list[str] = []
    for plan in changes.plans():
        storm, notes = storms.run(plan, crowd, control.cpu)
        done.append(storm)
        told += notes
    changes.clean()
    return done, told


def _notes(synced: Synced, lag: float, ended: int, stolen: float) -> list[str]:
    every = [
        (synced.missing, f"{synced.missing} proxies were not in sync after {SYNCS:.0f} s"),
        (lag > LATE, f"the client was up to {lag:.2f} s late: it may be what was measured"),
        (synced.cpu > BUSY, f"the client used {synced.cpu:.0%} of a core: it may be what was measured"),
        (ended, f"{ended} streams ended and were opened anew"),
        (stolen > STOLEN, f"{stolen:.0%} of CPU time was stolen by the machine's host"),
    ]
    return [text for wrong, text in every if wrong]
