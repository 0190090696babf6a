"""One change, as a rule about risks sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.diff.changes import Comparison
from tests.support.unit import diff_world as world
from tests.support.unit.diff_world import Document

Resource = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Resources and outputs before and after. says: a part of what is told, of one of so many findings."""

    id: str
    before: Sequence[Resource] = ()
    after: Sequence[Resource] = ()
    outputs: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})
    says: str = ""
    findings: int = 1
    removed: bool = False

    def comparison(self) -> Comparison:
        return world.compared(self._document(self.before, 0), None if self.removed else self._document(self.after, 1))

    def unchanged(self) -> Comparison:
        return world.compared(self._document(self.before, 0), self._document(self.before, 0))

    def _document(self, resources: Sequence[Resource], side: int) -> Document:
        return world.document(*resources, outputs=self.outputs[side])


# By the name of the rule.
Cases = dict[str, list[Case]]
