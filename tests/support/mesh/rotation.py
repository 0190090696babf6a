"""A rotation step by step, with everybody looking on: who holds certificates, who is late, and who visits."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from components import trust
from local.authority.rotating import Rotating
from local.authority.short_lived import LIFETIME
from local.engine.runs import RunFailedError, Step
from tests.support.mesh import private_keys, tls_counts
from tests.support.mesh.crowd import Crowd
from tests.support.mesh.laggards import CLIENT, SERVER, Laggards
from tests.support.mesh.traffic import Looks, traffic

Watch = Callable[[Step], object]
CACERTS = "mesh-certificate-authority-cacerts"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Settings of the authority: numbers that are listed, and the ones that sign."""

    roots: tuple[int, ...]
    root: int
    intermediates: tuple[int, ...]
    intermediate: int

    def beyond(self, other: "Listed") -> int:
        """How many generations the other does not list."""
        return len({*self.roots} - {*other.roots}) + len({*self.intermediates} - {*other.intermediates})


@dataclass(kw_only=True)
class Rotation:
    """What is going on in a mesh during a rotation, and what was lost by it.

    keys: every private key of the authority that there ever was. late: what the late client was not answered.
    steps: what was done. counted: what the proxies had counted before. begun: what had been done before (``done``).
    """

    rotating: Rotating
    laggards: Laggards
    looks: Looks
    crowd: Crowd
    listed: Listed
    keys: set[str] = field(default_factory=set)
    late: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)

    def step(self, told: str, *, days: int = 0, watch: Watch = lambda step: None, **listed: Any) -> None:
        """One `up`, so many days after the last, with certificates asked for before it, during it and after it."""
        before, self.listed = self.listed, replace(self.listed, **listed)
        session, begun = self.rotating.mesh.world.session, self.done()
        session.today += datetime.timedelta(days=days)
        self.steps.append(told)
        self.rotating.change(**vars(self.listed))
        self.crowd.ask(f"before {told}")
        with self.crowd.asking(f"during {told}"), self.laggards.frozen():
            session.up(watch)
            self.rotating.settled(but=(CLIENT, SERVER))
            self.meet(f"after {told}")
            self.late += self.laggards.ask()
        self.rotating.settled()
        self.meet(f"well after {told}")
        self.look_for_keys(new=self.listed.beyond(before))
        assert (idle := self.idle(begun)) == [], f"during {told} there were no {idle}"

    def meet(self, told: str) -> None:
        """Somebody new comes, and everybody shakes everybody's hand."""
        self.crowd.ask(told)
        self.crowd.shake()

    def refused(self, **listed: Any) -> str:
        """What the program says of a step; the settings stay as they are."""
        session = self.rotating.mesh.world.session
        before = session.file.read_text()
        try:
            self.rotating.change(**vars(replace(self.listed, **listed)))
            session.up()
        except RunFailedError as failed:
            return failed.run.text
        finally:
            session.file.write_text(before)
        return ""

    def renewed(self) -> None:
        """Until every proxy has a certificate of the root that signs: its own has run out meanwhile, or soon will."""
        root = self.rotating.bundle()[trust.CERT_CHAIN]
        self.rotating.renewed(root, within=LIFETIME)

    def look_for_keys(self, *, new: int) -> None:
        """In the state, decrypted; ``plain`` looks for them in the files. new: how many must not be known yet."""
        known = len(self.keys)
        self.keys |= private_keys.within(self.rotating.mesh.world.session.state())
        assert len(self.keys) >= known + new, f"{known} keys before, {len(self.keys)} now, {new} should be new"

    def plain(self) -> list[str]:
        """Files of the backend in which a key is to be read."""
        files = list(self.rotating.mesh.world.session.files())
        assert files
        return [said for key in self.keys for said in private_keys.found(key, files)]

    def witnesses(self) -> bool:
        """Whether there is a certificate from before, during and after each step."""
        told = {each.told for each in self.crowd.holders}
        return bool(self.steps) and told >= {
            f"{when} {step}" for when in ("before", "during", "after") for step in self.steps
        }

    def tls(self) -> dict[str, int]:
        """Between sidecars since it began: handshakes, those that took up an earlier one, and what went wrong."""
        now = tls_counts.counted(self.rotating.mesh)
        return {kind: count - self.counted.get(kind, 0) for kind, count in sorted(now.items())}

    def done(self) -> dict[str, int]:
        """How much could have been lost until now, by kind."""
        return {
            "visits": self.looks.tried,
            "handshakes of the crowd": self.crowd.count.tried,
            "handshakes between sidecars": self.tls().get("handshake", 0),
        }

    def idle(self, begun: Mapping[str, int] | None = None) -> list[str]:
        """Kinds of which nothing was done since then, or since it began: of them nothing can be lost."""
        since = self.begun if begun is None else begun
        return [kind for kind, count in self.done().items() if count <= since[kind]]

    def wrong(self) -> int:
        """Handshakes between sidecars that went wrong, as either side counts them."""
        return sum(count for kind, count in self.tls().items() if kind in tls_counts.WRONG)

    def lost(self) -> list[str]:
        """Everything that failed: handshakes, visits, requests of the late client."""
        return [*self.crowd.count.refused, *self.looks.lost, *self.late]

    def __str__(self) -> str:
        return (
            f"{self.crowd.count.tried} handshakes of {len(self.crowd.holders)} certificates, "
            f"{len(self.crowd.count.refused)} refused; {self.looks.tried} visits, {len(self.looks.lost)} lost; "
            f"{self.crowd.asked} signings asked for, {len(self.crowd.unsigned)} not answered; "
            f"between sidecars {self.tls()}"
        )


@contextmanager
def rotation(rotating: Rotating, laggards: Laggards) -> Iterator[Rotation]:
    """While the block runs; it begins with what the last `up` left."""
    with ExitStack() as opened:
        looks = opened.enter_context(traffic(rotating.mesh))
        found = Rotation(
            rotating=rotating,
            laggards=laggards,
            looks=looks,
            crowd=Crowd(rotating=rotating),
            listed=_listed(rotating),
            counted=tls_counts.counted(rotating.mesh),
        )
        # One of a root, one of an intermediate.
        found.look_for_keys(new=2)
        found.begun = found.done()
        yield found


def _listed(rotating: Rotating) -> Listed:
    outputs = rotating.outputs()
    roots, intermediates = (
        tuple(each["number"] for each in outputs[kind]["generations"]) for kind in ("root", "intermediate")
    )
    return Listed(
        roots=roots,
        root=outputs["root"]["signing"],
        intermediates=intermediates,
        intermediate=outputs["intermediate"]["signing"],
    )
