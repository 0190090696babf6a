"""The storms that every variant goes through."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.scale import layout as layouts
from benchmarks.scale.crowd_process import Asked
from benchmarks.scale.markers import Markers
from benchmarks.scale.measured import CHURN_SECONDS, ENDPOINTS_A_SECOND, ROUTES_A_SECOND
from benchmarks.scale.storms import Change, Plan
from benchmarks.scale.variants import Variant
from benchmarks.scale.world import World
from components.namespaces import plan as namespaces

# Of a namespace's services, the one whose endpoints change: no route leads to it.
_MOVING = layouts.PER_NAMESPACE - 1


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Makes them, for one variant's crowd.

    An object says everything that was written into it so far, so that no change is lost in the next one when istiod
    pushes both at once.
    """

    world: World
    variant: Variant
    crowd: Asked
    markers: Markers
    _turns: Iterator[int] = field(default_factory=itertools.count)
    _made: list[str] = field(default_factory=list)
    _written: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    _before: dict[tuple[str, str], layouts.Manifest] = field(default_factory=dict)

    def plans(self) -> list[Plan]:
        """Return the plans in the order in which they run."""
        return [
            Plan(kind="route", changes=6, seconds=6, change=self.route),
            Plan(kind="route", changes=5, seconds=5, rate=1.0, change=self.route),
            Plan(kind="endpoint", changes=6, seconds=4, change=self.endpoint),
            _churn("route-churn", ROUTES_A_SECOND, self.route),
            _churn("endpoint-churn", ENDPOINTS_A_SECOND, self.endpoint),
            Plan(kind="outside-namespace", changes=2, seconds=4, change=self.outside),
            # Last: their end sends more.
            Plan(kind="meshed-namespace", changes=2, seconds=4, change=self.meshed_namespace),
        ]

    def route(self) -> Change:
        """Add one more word to a header that a VirtualService of a namespace inside the mesh sets."""
        turn, marker = next(self._turns), self.markers.word()
        namespace, number = self._inhabited(turn), turn % layouts.ROUTES

        def manifest(words: Sequence[str]) -> layouts.Manifest:
            return layouts.route(namespace, number, " ".join((layouts.UNMARKED, *words)))

        return self._change(namespace, layouts.service_name(number), marker, manifest)

    def endpoint(self) -> Change:
        """Add one more address to a service inside the mesh."""
        return self._grows(self._inhabited(next(self._turns)))

    def outside(self) -> Change:
        """Add one more address to a service outside the mesh."""
        others = layouts.outside(self.world.layout)
        return self._grows(others[next(self._turns) % len(others)])

    def meshed_namespace(self) -> Change:
        """Add a namespace with a service to the mesh; ``clean`` deletes them all."""
        name = self.markers.word()
        self._made.append(name)
        everybody = [] if self.variant.scoped else list(range(self.world.layout.proxies))

        def write() -> None:
            self.world.write(namespaces.mesh_namespace(name, layouts.TAG))
            self.world.write(layouts.service(name, name))
            self.world.write(layouts.endpoints(name, name, [self.markers.address()]))

        return Change(marker=name, affected=everybody, write=write)

    def clean(self) -> None:
        """Restore what was changed, and request the deletion of what was made; the next measurement waits for it."""
        for manifest in self._before.values():
            self.world.write(manifest)
        for name in self._made:
            self.world.api.delete("v1", "Namespace", name)

    def _grows(self, namespace: str) -> Change:
        name, marker = layouts.service_name(_MOVING), self.markers.address()

        def manifest(more: Sequence[str]) -> layouts.Manifest:
            first = layouts.addresses(layouts.place(self.world.layout, namespace), _MOVING)
            return layouts.endpoints(namespace, name, [*first, *more])

        return self._change(namespace, name, marker, manifest)

    def _change(
        self, namespace: str, service: str, marker: str, manifest: Callable[[Sequence[str]], layouts.Manifest]
    ) -> Change:
        """Return the change of an object. manifest: builds the object from all markers written so far."""
        affected = self.crowd.knowing(layouts.cluster(namespace, service))
        written = self._written[namespace, service]
        self._before.setdefault((namespace, service), manifest(()))
        written.append(marker)
        changed = manifest(tuple(written))
        return Change(marker=marker, affected=affected, write=lambda: self.world.write(changed))

    def _inhabited(self, turn: int) -> str:
        """Return a different namespace for each turn, among those that have proxies."""
        layout = self.world.layout
        known = layouts.inside(layout)[: layout.proxies]
        return known[turn % len(known)]


def _churn(kind: str, rate: int, change: Callable[[], Change]) -> Plan:
    return Plan(kind=kind, changes=rate * CHURN_SECONDS, seconds=CHURN_SECONDS, rate=rate, change=change)
