"""Settings of a stack after they were read and checked."""

from dataclasses import dataclass
from datetime import date

from . import Settings
from .context import Site
from .problems import Problem


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Settings of a stack, with what was found while reading them."""

    settings: Settings
    """Settings that every rule accepts."""
    region: str
    """AWS region."""
    today: date
    """Day on which the settings were read, in UTC."""
    stack: str
    """Name of the stack."""
    environment: str
    """Project and stack, such as ``istio-eks-dev``: the name of the cluster."""
    placeholders: tuple[Problem, ...]
    """Example values that the owner of the account has not replaced yet."""
    warnings: tuple[str, ...]
    """Warnings to read before an ``up``."""

    @property
    def site(self) -> Site:
        """Values shared by every component."""
        return Site(
            environment=self.environment, region=self.region, tags=self.settings.tags, protect=self.settings.protect
        )
