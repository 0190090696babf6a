"""The runs that are kept in docs/scale."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.scale import measured, sidecars
from benchmarks.scale.measured import Result
from benchmarks.scale.sidecars import Sidecars

FOLDER = Path(__file__).parents[2] / "docs" / "scale"
_SIDECARS = "sidecars.json"


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Of meshes by file name without its end, smallest mesh first; of sidecars, if there is one."""

    meshes: dict[str, Result]
    sidecars: Sidecars | None

    def of(self, services: int) -> Result | None:
        """Return the run at this number of services that has the most variants."""
        found = [each for each in self.meshes.values() if each.layout.services == services]
        return max(found, key=lambda each: len(measured.variants(each)), default=None)


def load(folder: Path = FOLDER) -> Runs:
    """Read all runs in the folder. Raises pydantic.ValidationError."""
    files = [each for each in folder.glob("*.json") if each.name != _SIDECARS]
    meshes = {each.stem: measured.load(each) for each in files}
    by_size = sorted(meshes.items(), key=lambda each: (each[1].layout.services, each[1].layout.proxies))
    kept = folder / _SIDECARS
    return Runs(meshes=dict(by_size), sidecars=sidecars.load(kept) if kept.is_file() else None)
