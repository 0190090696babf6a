"""All cases, by the name of the rule."""

from tests.support.unit.diff_risks import (
    access,
    authorization,
    availability,
    cloud,
    iam,
    mesh,
    mutual_tls,
    state,
    trust,
    versions,
    way_out,
)
from tests.support.unit.diff_risks.case import Cases

_AREAS = (
    state,
    trust,
    versions,
    mutual_tls,
    way_out,
    mesh,
    authorization,
    cloud,
    iam,
    access,
    availability,
)
# What a rule finds, and what it keeps quiet about.
RISKY: Cases = {rule: cases for area in _AREAS for rule, cases in area.RISKY.items()}
CALM: Cases = {rule: cases for area in _AREAS for rule, cases in area.CALM.items()}
