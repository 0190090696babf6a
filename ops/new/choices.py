"""Settings that only the owner of an environment can choose; all others keep their defaults.

A setting that a new user must choose has a field in ``Choices``, a section in ``file.text`` and a question in
``questions.QUESTIONS``.
"""

from dataclasses import dataclass

from components import settings


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Choices for one environment."""

    region: str
    zones: tuple[str, ...] = ()
    """Empty for the first zones of the region: two for size small, else three."""
    size: settings.Size = "small"
    host: str = ""
    """Host name of Bookinfo; empty for every host."""
    api_cidrs: tuple[str, ...] = ()
    """Ranges that may reach the Kubernetes API from the internet; empty for the VPC only."""

    @property
    def all_zones(self) -> tuple[str, ...]:
        """The chosen zones, or the first of the region."""
        letters = "ab" if self.size == "small" else "abc"
        return self.zones or tuple(f"{self.region}{letter}" for letter in letters)
