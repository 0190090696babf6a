"""Types of a comparison: differences between two documents of one stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Resource = Mapping[str, Any]
Document = Mapping[str, Any]
Manifest = Mapping[str, Any]
# Kind, namespace and name of a Kubernetes object.
Identity = tuple[str, str, str]

NO_DOCUMENT: Document = {"resources": [], "outputs": {}, "warnings": []}


class Kind(StrEnum):
    """What happens to a resource. ``renamed``: only its URN changes, and an alias names the old one."""

    REPLACED = "replaced"
    REMOVED = "removed"
    CHANGED = "changed"
    ADDED = "added"
    RENAMED = "renamed"


class Replacement(StrEnum):
    """Whether a change replaces the resource."""

    YES = "yes"
    NO = "no"
    FOLLOWS = "follows"
    """Replaced because a resource that it names is replaced in this change."""
    UNKNOWN = "unknown"
    """No table covers the changed property."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property that differs."""

    path: str
    """Path as the engine writes it."""
    before: Any
    """``None`` if the property was absent."""
    after: Any
    """``None`` if the property is absent now."""
    replaces: bool


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """One resource that changes."""

    kind: Kind
    urn: str
    """The new URN; for a removed resource the old one."""
    former_urn: str | None
    type: str
    name: str
    component: str
    """Names of the components around the resource, the outermost first."""
    replacement: Replacement
    properties: tuple[Property, ...]
    follows: tuple[str, ...]
    """Names of the replaced resources whose replacement may replace this one."""
    before: Resource | None
    """Resource of the base document; ``None`` if it is absent there."""
    after: Resource | None
    """Resource of the head document; ``None`` if it is absent there."""

    @property
    def either(self) -> Resource:
        """Resource after the change; before it, if the change removes it."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def label(self) -> str:
        """Name and short type."""
        return f"{self.name} ({self.type.rpartition(':')[2]})"


@dataclass(frozen=True, kw_only=True)
class ObjectChange:
    """One object of a release's manifests."""

    kind: Kind
    identity: Identity
    lines: tuple[str, ...]
    """Unified diff; empty for an object that is added or removed."""


@dataclass(frozen=True, kw_only=True)
class ReleaseChange:
    """One Helm release."""

    kind: Kind
    name: str
    chart: str
    version_before: str | None
    version_after: str | None
    compared_with: str | None
    """For a new release: the existing release of the same chart that it is compared with."""
    values: tuple[Property, ...]
    """Inputs that differ."""
    manifests: tuple[ObjectChange, ...] | None
    """Objects that differ; ``None`` if the release was not rendered."""
    not_rendered: str | None
    """Why the release was not rendered."""
    before: Mapping[Identity, Manifest] | None
    """Objects of the base; ``None`` if not rendered."""
    after: Mapping[Identity, Manifest] | None
    """Objects of the head; ``None`` if not rendered."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number or a range that changes."""

    section: str
    """``cost``, ``capacity``, ``addresses`` or ``certificates``."""
    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Risk:
    """One finding that a reviewer should read first."""

    rule: str
    """Name of the rule."""
    subject: str
    """What the finding is about, such as a resource."""
    told: str
    """What happens to the subject."""


class Sides(StrEnum):
    """Revisions that have the stack."""

    BOTH = "both"
    NEW = "new"
    REMOVED = "removed"


# Hashed by identity: the rules cache what they compute from it.
@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """A stack in both revisions; for a new or removed stack one document is ``NO_DOCUMENT``."""

    stack: str
    sides: Sides
    base: Document
    head: Document
    resources: tuple[ResourceChange, ...] = ()
    outputs: tuple[Property, ...] = ()
    releases: tuple[ReleaseChange, ...] = ()
    figures: tuple[Figure, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    risks: tuple[Risk, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether `pulumi up` would do the same as before."""
        changed = self.resources or self.outputs or self.figures or self.risks
        manifests = any(each.manifests for each in self.releases)
        return self.sides is Sides.BOTH and not changed and not manifests


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A stack that one revision cannot plan."""

    stack: str
    side: str
    """``base`` or ``head``."""
    reason: str
    settings: tuple[str, ...]
    """Unified diff of the stack file."""
