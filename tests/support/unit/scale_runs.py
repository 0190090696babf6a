"""Runs of the benchmark as somebody might have measured them."""

from collections.abc import Sequence

from benchmarks.scale.measured import Layout, Measurement, Result, Storm

LAYOUT = Layout(
    services=1000,
    namespaces=50,
    meshed_namespaces=40,
    endpoints_per_service=2,
    ports_per_service=2,
    routes_per_namespace=3,
    proxies=100,
    visible=20,
)


def storm(kind: str = "route", *, last: Sequence[float] = (1.0,), closed: bool = True, touched: float = 100) -> Storm:
    worst = max(last, default=None)
    return Storm(
        kind=kind,
        closed=closed,
        changes=len(last),
        last=tuple(last),
        p50=worst,
        p99=worst,
        max=worst,
        touched=touched,
        bytes=touched * 1e6,
        cpu=touched / 100,
    )


def measurement(variant: str, *, repeat: int = 0, factor: float = 1.0, storms: Sequence[Storm] = ()) -> Measurement:
    """Everything of it the defaults' times ``factor``."""
    return Measurement(
        variant=variant,
        repeat=repeat,
        synced=5 * factor,
        clusters=int(2000 * factor),
        bytes=int(4_000_000 * factor),
        cpu=9 * factor,
        settled=int(500_000_000 * factor),
        peak=int(600_000_000 * factor),
        storms=tuple(storms) or (storm(last=[factor]),),
        gateway=None,
        client_lag=0.1,
        client_cpu=0.5,
        stolen=0.01,
        full=int(550_000_000 * factor),
        program=50_000_000,
    )


def result(*measurements: Measurement) -> Result:
    return Result(
        date="2026-11-22",
        machine="2 cores",
        istio="1.31",
        kubernetes="1.36.3",
        layout=LAYOUT,
        measurements=measurements,
    )


THREE = result(
    measurement("defaults", repeat=0),
    measurement("ours", repeat=0, factor=0.1),
    measurement("ours", repeat=1, factor=0.05),
    measurement("defaults", repeat=1),
    measurement("defaults", repeat=2, factor=2),
    measurement("ours", repeat=2, factor=0.1),
)
