"""Rules about Bookinfo."""

import json
from typing import Any

import pytest

from components.settings import Bookinfo, Gateway, Settings
from components.settings.registry import Context
from components.stack import rules
from tests.support.days import TODAY
from tests.support.unit.mesh_settings import mesh
from tests.support.unit.rule_case import Case, check

CASES = [
    Case(
        rule="bookinfo.whole_weights",
        changes={"bookinfo": {"routing": "canary", "weights": {"v1": 90, "v2": 20}}},
        key="bookinfo.weights",
        says="adds up to 120",
        write="100",
    ),
    Case(
        rule="bookinfo.whole_weights",
        changes={"bookinfo": {"enabled": False, "weights": {"v1": 50}}},
        key="bookinfo.weights",
        says="adds up to 60",
    ),
    Case(
        rule="bookinfo.served",
        changes={"bookinfo": {"gateway": "private"}},
        key="bookinfo.gateway",
        says="not a gateway of this stack",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


PUBLIC = Gateway(hosts=("bookinfo/*",))


def problems(gateway: Gateway | None = PUBLIC, **changes: Any) -> dict[str, str]:
    gateways = {"public": gateway} if gateway else {}
    bookinfo = Bookinfo.model_validate_json(json.dumps(changes))
    settings = Settings(mesh=mesh(), gateways=gateways, bookinfo=bookinfo)
    asked = Context(settings=settings, region="us-west-2", today=TODAY)
    return {found.key: found.reason for found in rules.problems(asked, subjects={"bookinfo"})}


def test_the_defaults_pass() -> None:
    assert problems() == {}


def test_a_canary_is_all_of_the_traffic() -> None:
    found = problems(routing="canary", weights={"v1": 90, "v2": 20})
    assert found["bookinfo.weights"].startswith(
        "adds up to 120 instead of 100: Istio would treat the weights as proportions"
    )


@pytest.mark.parametrize("changes", [{"routing": "all-v1"}, {"routing": "test-user"}, {"enabled": False}])
def test_weights_are_whole_before_anybody_uses_them(changes: dict[str, Any]) -> None:
    assert list(problems(weights={"v1": 0}, **changes)) == ["bookinfo.weights"]


def test_the_gateway_exists() -> None:
    found = problems(gateway=None)
    assert found == {"bookinfo.gateway": "is not a gateway of this stack: Bookinfo would be unreachable."}


def test_the_gateway_has_a_host_for_bookinfo() -> None:
    found = problems(Gateway(hosts=("shop/*",)))
    assert list(found) == ["gateways.public.hosts"]
    assert found["gateways.public.hosts"].startswith("has no host for bookinfo")


def test_without_bookinfo_nothing_is_asked_of_it() -> None:
    assert problems(gateway=None, enabled=False, routing="canary") == {}
