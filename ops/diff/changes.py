"""The words of a comparison: what differs between two documents of one stack."""

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
    """What happens to a resource. ``renamed``: nothing but its URN changes, and an alias says so."""

    REPLACED = "replaced"
    REMOVED = "removed"
    CHANGED = "changed"
    ADDED = "added"
    RENAMED = "renamed"


class Replacement(StrEnum):
    """Whether a change replaces the resource.

    follows: only when a resource that it names is replaced, which happens here. unknown: no table says.
    """

    YES = "yes"
    NO = "no"
    FOLLOWS = "follows"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property that differs; ``path`` as the engine writes it, ``None`` for a value that is not there."""

    path: str
    before: Any
    after: Any
    replaces: bool


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """One resource.

    urn: the new one, of a removed resource the old one. component: names from the outermost component inwards.
    follows: names of the replaced resources that may pull this one with them.
    before, after: of the documents; ``None`` on the side that lacks it.
    """

    kind: Kind
    urn: str
    former_urn: str | None
    type: str
    name: str
    component: str
    replacement: Replacement
    properties: tuple[Property, ...]
    follows: tuple[str, ...]
    before: Resource | None
    after: Resource | None

    @property
    def either(self) -> Resource:
        """The resource after the change, or before it when it goes."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def label(self) -> str:
        """Name and short type."""
        return f"{self.name} ({self.type.rpartition(':')[2]})"


@dataclass(frozen=True, kw_only=True)
class ObjectChange:
    """One object of a release's manifests; ``lines`` is a unified diff, empty when the object is new or gone."""

    kind: Kind
    identity: Identity
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReleaseChange:
    """One Helm release.

    values: what differs in its inputs. compared_with: of a new release the one of the same chart it is shown against.
    manifests: what differs in what it brings, ``None`` where it was not rendered; ``not_rendered`` then says why.
    before, after: its objects; ``None`` where not rendered.
    """

    kind: Kind
    name: str
    chart: str
    version_before: str | None
    version_after: str | None
    compared_with: str | None
    values: tuple[Property, ...]
    manifests: tuple[ObjectChange, ...] | None
    not_rendered: str | None
    before: Mapping[Identity, Manifest] | None
    after: Mapping[Identity, Manifest] | None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number or a range that changes: of ``cost``, ``capacity``, ``addresses`` or ``certificates``."""

    section: str
    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Risk:
    """What a reviewer should look at first. rule: the name of the rule. subject: what it is about."""

    rule: str
    subject: str
    told: str


class Sides(StrEnum):
    """Which revisions have the stack."""

    BOTH = "both"
    NEW = "new"
    REMOVED = "removed"


# By identity: what rules look up in it is looked up once.
@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """A stack in both revisions; of a new or removed stack one document is ``NO_DOCUMENT``."""

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
        """Whether `pulumi up` would find the same to do as before."""
        changed = self.resources or self.outputs or self.figures or self.risks
        manifests = any(each.manifests for each in self.releases)
        return self.sides is Sides.BOTH and not changed and not manifests


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A stack that one revision cannot plan. settings: what differs in its stack file, as a unified diff."""

    stack: str
    side: str
    reason: str
    settings: tuple[str, ...]
