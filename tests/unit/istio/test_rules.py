"""Rules about versions of Istio and the tag that names one."""

import pytest

from components.stack.rules import RULES, problems
from tests.support.unit.rule_case import Case, check, context


def mesh(**keys: object) -> dict[str, object]:
    return {"mesh": keys}


CASES = [
    Case(
        rule="istio.istio_version",
        changes=mesh(version="1.30.9"),
        key="mesh.version",
        says="is older than 1.31.0",
        write='"1.31.1"',
    ),
    Case(
        rule="istio.istio_version",
        changes=mesh(canaryVersion="1.30.5"),
        key="mesh.canaryVersion",
        says="Gateways would lose their idle timeout",
        write='"1.31.1"',
    ),
    Case(
        rule="istio.canary",
        changes=mesh(canaryVersion="1.31.1"),
        key="mesh.canaryVersion",
        says="two Helm releases would own one revision",
        write="remove canaryVersion",
    ),
    Case(
        rule="istio.canary",
        changes=mesh(canaryVersion="1.33.0"),
        key="mesh.canaryVersion",
        says="more than one minor away",
        write="before or after 1.31",
    ),
    Case(
        rule="istio.tag_is_no_revision",
        changes=mesh(tag="1-31-1"),
        key="mesh.tag",
        says="would both inject",
        write="does not change with the version",
    ),
    Case(
        rule="istio.kubernetes_version",
        changes={"mesh": {"canaryVersion": "1.99.0"}},
        key="mesh.canaryVersion",
        says="supported Kubernetes versions this program does not know",
        write="components/settings/versions.py",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("version", ["1.31.0", "1.31.12", "1.32.0"])
def test_from_1_31_on_a_gateway_has_its_connection_settings(version: str) -> None:
    assert list(RULES["istio.istio_version"].check(context(mesh(version=version)))) == []


def test_an_istio_that_is_too_old_is_told_once() -> None:
    told = problems(context(mesh(version="1.30.5")))
    assert [problem.key for problem in told] == ["mesh.version"]
