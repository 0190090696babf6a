"""What real sidecars took, step by step as they were shown more services, and how it is kept."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter


@dataclass(frozen=True, kw_only=True)
class Step:
    """Medians over the sidecars. visible: services added to their scope. clusters: all that Envoy then has.

    envoy, agent: bytes of memory of the two processes that are theirs alone. shared: program text of both, which every
    sidecar of a node shares.
    """

    visible: int
    clusters: int
    envoy: int
    agent: int
    shared: int

    @property
    def container(self) -> int:
        """Return the memory of one more sidecar."""
        return self.envoy + self.agent


@dataclass(frozen=True, kw_only=True)
class Sidecars:
    """A whole run. ports, endpoints: of each service."""

    date: str
    machine: str
    istio: str
    envoy: str
    sidecars: int
    ports: int
    endpoints: int
    steps: tuple[Step, ...]


_SIDECARS = TypeAdapter(Sidecars)


def save(found: Sidecars, path: Path) -> None:
    """Write the result as JSON."""
    path.write_bytes(_SIDECARS.dump_json(found, indent=1) + b"\n")


def load(path: Path) -> Sidecars:
    """Read what ``save`` wrote. Raises pydantic.ValidationError."""
    return _SIDECARS.validate_json(path.read_bytes())
