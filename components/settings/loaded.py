"""What a stack decided, once its settings are read."""

from dataclasses import dataclass
from datetime import date

from . import Settings
from .context import Site
from .problems import Problem


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a stack decided.

    environment: project and stack, ``istio-eks-dev``; the cluster is named so.
    placeholders: values that only the owner of the account can know and that nobody has written yet.
    warnings: what is allowed and should be known before an ``up``.
    """

    settings: Settings
    region: str
    today: date
    stack: str
    environment: str
    placeholders: tuple[Problem, ...]
    warnings: tuple[str, ...]

    @property
    def site(self) -> Site:
        """What every component takes from here."""
        return Site(
            environment=self.environment, region=self.region, tags=self.settings.tags, protect=self.settings.protect
        )
