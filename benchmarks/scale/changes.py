"""The storms that every variant goes through."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.scale import layout as layouts
from benchmarks.scale.crowd_process import Asked
from benchmarks.scale.markers import Markers
from benchmarks.scale.storms import Change, Plan
from benchmarks.scale.variants import Variant
from benchmarks.scale.world import World
from design import namespaces

# Of a namespace's services, the one whose endpoints change: no route leads to it.
_MOVING = layouts.service_name(layouts.PER_NAMESPACE - 1)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Makes them, for one variant's crowd."""

    world: World
    variant: Variant
    crowd: Asked
    markers: Markers
    _turns: Iterator[int] = field(default_factory=itertools.count)
    _made: list[str] = field(default_factory=list)

    def plans(self) -> list[Plan]:
        """In their order."""
        return [
            Plan(kind="route", changes=6, seconds=6, change=self.route),
            Plan(kind="route", changes=5, seconds=5, rate=1.0, change=self.route),
            Plan(kind="endpoint", changes=6, seconds=4, change=self.endpoint),
            Plan(kind="outside-namespace", changes=2, seconds=4, change=self.outside),
            # Last: their end sends more.
            Plan(kind="meshed-namespace", changes=2, seconds=4, change=self.meshed_namespace),
        ]

    def route(self) -> Change:
        """A VirtualService of a namespace inside the mesh says another header."""
        turn, marker = next(self._turns), self.markers.word()
        namespace, number = self._inhabited(turn), turn % layouts.ROUTES
        service = layouts.service_name(number)
        return self._change(namespace, service, marker, lambda: layouts.route(namespace, number, marker))

    def endpoint(self) -> Change:
        """A service inside the mesh has another address."""
        return self._moves(self._inhabited(next(self._turns)))

    def outside(self) -> Change:
        """A service outside the mesh has."""
        others = layouts.outside(self.world.layout)
        return self._moves(others[next(self._turns) % len(others)])

    def meshed_namespace(self) -> Change:
        """A namespace with a service comes into the mesh; they all go with ``clean``."""
        name = self.markers.word()
        self._made.append(name)
        everybody = [] if self.variant.scoped else list(range(self.world.layout.proxies))

        def write() -> None:
            self.world.write(namespaces.mesh_namespace(name, layouts.TAG))
            self.world.write(layouts.service(name, name))
            self.world.write(layouts.endpoints(name, name, [self.markers.address()]))

        return Change(marker=name, affected=everybody, write=write)

    def clean(self) -> None:
        """Ask for the end of what was made; it takes a while, and whatever is measured next waits for it."""
        for name in self._made:
            self.world.api.delete("v1", "Namespace", name)

    def _moves(self, namespace: str) -> Change:
        marker = self.markers.address()
        return self._change(namespace, _MOVING, marker, lambda: layouts.endpoints(namespace, _MOVING, [marker]))

    def _change(self, namespace: str, service: str, marker: str, manifest: Callable[[], layouts.Manifest]) -> Change:
        affected = self.crowd.knowing(layouts.cluster(namespace, service))
        return Change(marker=marker, affected=affected, write=lambda: self.world.write(manifest()))

    def _inhabited(self, turn: int) -> str:
        """Another one each time, of those that have proxies."""
        layout = self.world.layout
        known = layouts.inside(layout)[: layout.proxies]
        return known[turn % len(known)]
