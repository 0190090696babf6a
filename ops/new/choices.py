"""What only the owner of an environment can say; everything else keeps its default.

A setting that a newcomer must choose is a field of ``Choices``, a section of ``file.text`` and a question of
``questions.QUESTIONS``.
"""

from dataclasses import dataclass

from components import settings


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Of one environment.

    zones: empty for the first of the region, two for size small and else three.
    host: name under which Bookinfo answers; empty for every host.
    api_cidrs: ranges that may reach the Kubernetes API from the internet; empty for the VPC alone.
    """

    region: str
    zones: tuple[str, ...] = ()
    size: settings.Size = "small"
    host: str = ""
    api_cidrs: tuple[str, ...] = ()

    @property
    def all_zones(self) -> tuple[str, ...]:
        """The zones, or those that are likely."""
        letters = "ab" if self.size == "small" else "abc"
        return self.zones or tuple(f"{self.region}{letter}" for letter in letters)
