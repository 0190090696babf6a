"""What one run of the benchmark found, and how it is kept."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

# Changes that do not stop for a while: routes further apart, and endpoints closer, than istiod as we set it waits for
# more before it pushes; both closer than it waits by default.
CHURN_SECONDS, ROUTES_A_SECOND, ENDPOINTS_A_SECOND = 5, 15, 30


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The mesh that is measured. proxies: streams. visible: services that one of them sees when scoped."""

    services: int
    namespaces: int
    meshed_namespaces: int
    endpoints_per_service: int
    ports_per_service: int
    routes_per_namespace: int
    proxies: int
    visible: int


@dataclass(frozen=True, kw_only=True)
class Storm:
    """Changes of one kind, one after the other.

    kind: route, endpoint, route-churn, endpoint-churn, meshed-namespace, outside-namespace. closed: the next change
    waits for the last receipt; else they are written at a fixed rate. last: seconds from each write to its last
    affected proxy, empty when nobody is affected. receipts: seconds from a write to each single proxy, as p50, p99 and
    max. touched, bytes, cpu: proxies that got a push, bytes over all proxies and istiod's CPU seconds, each divided by
    the changes; proxies count for every change that is closed, and else once for all.
    """

    kind: str
    closed: bool
    changes: int
    last: tuple[float, ...]
    p50: float | None
    p99: float | None
    max: float | None
    touched: float
    bytes: float
    cpu: float


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """What the one gateway proxy was given: clusters, and bytes of configuration."""

    routes: int
    clusters: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One variant, once.

    synced: seconds from the first stream until every proxy has everything. clusters, bytes: of the configuration of one
    proxy (the median over all). cpu: istiod's CPU seconds until then. full, settled, peak: istiod's resident memory in
    bytes after the sync, then with its garbage collected, and at its highest over the whole measurement. program: bytes
    of full that are its program. heap: bytes of Go's heap in use, of those settled. client_lag: the worst seconds that
    the measuring client was late itself. client_cpu: its CPU seconds per second of wall clock while syncing. stolen:
    share of CPU time that the machine's host took away (0 to 1).
    """

    variant: str
    repeat: int
    synced: float
    clusters: int
    bytes: int
    cpu: float
    settled: int
    peak: int
    storms: tuple[Storm, ...]
    gateway: Gateway | None
    client_lag: float
    client_cpu: float
    stolen: float
    notes: tuple[str, ...] = ()
    full: int = 0
    program: int = 0
    heap: int = 0


@dataclass(frozen=True, kw_only=True)
class Result:
    """A whole run: variants in alternating order, over and over. machine: one line that says what ran it."""

    date: str
    machine: str
    istio: str
    kubernetes: str
    layout: Layout
    measurements: tuple[Measurement, ...] = field(default=())


_RESULT = TypeAdapter(Result)


def save(result: Result, path: Path) -> None:
    """Write the result as JSON."""
    path.write_bytes(_RESULT.dump_json(result, indent=1) + b"\n")


def load(path: Path) -> Result:
    """Read what ``save`` wrote. Raises pydantic.ValidationError."""
    return _RESULT.validate_json(path.read_bytes())


def variants(result: Result) -> list[str]:
    """Return the variants in the order in which they first ran."""
    return list(dict.fromkeys(each.variant for each in result.measurements))
