"""What a stack file may say, and what is said of one that is wrong: no engine, no file."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.charts.values import merge
from components.stack.reading import SettingsError
from tests.support.unit.raw_config import config, load, refusal
from tests.support.unit.rule_case import ADMIN, GOOD


def test_good_config_is_read() -> None:
    loaded = load(config())
    assert loaded.environment == "istio-eks-dev"
    assert loaded.region == "us-west-2"
    assert loaded.settings.network.zones == ("us-west-2a", "us-west-2b")
    assert loaded.placeholders == ()


def test_the_empty_default_of_the_project_means_not_set() -> None:
    assert load(config(namespaces="", bookinfo="", images="", tags="", protect="")).settings == load(config()).settings


def test_protect_is_one_word() -> None:
    assert load(config(protect="true")).settings.protect


@pytest.mark.parametrize("text", ["off", "yes", "True"])
def test_protect_takes_no_other_word(text: str) -> None:
    (problem,) = refusal(config(protect=text)).problems
    assert (problem.key, problem.value) == ("protect", text)
    assert problem.remedy == "Write true or false, without quotes."


def test_an_unknown_top_level_key_is_told_with_the_nearest() -> None:
    (problem,) = refusal(config(gateway="{}")).problems
    assert problem.key == "gateway"
    assert problem.remedy.startswith("Did you mean gateways? Valid keys: bookinfo, cluster")


def test_text_that_is_no_json_is_told() -> None:
    (problem,) = refusal(config(network="10.0.0.0/16")).problems
    assert problem.key == "network"
    assert "not JSON" in problem.reason
    assert "pulumi config set --path istio-eks:network." in problem.remedy


def test_a_secret_is_refused_and_not_shown() -> None:
    secret = config(tags='{"team": "hunter2"}', tag="hunter2")
    refused = refusal(secret, secret_keys=frozenset({"istio-eks:tags", "istio-eks:tag", "aws:token"}))
    assert [problem.key for problem in refused.problems] == ["tags", "tag"]
    assert "no setting can be secret" in refused.problems[0].reason
    assert "hunter2" not in str(refused)


def test_a_number_that_nobody_can_read_is_told() -> None:
    (problem,) = refusal(config(tags="1" * 5000)).problems
    assert problem.key == "tags"


@pytest.mark.parametrize("depth", [65, 300, 3000])
@pytest.mark.parametrize(("opens", "closes"), [('{"a":', "}"), ("[", "]")])
def test_a_value_that_is_nested_too_deep_is_told(depth: int, opens: str, closes: str) -> None:
    deep = f"{opens * depth}1{closes * depth}"
    (problem,) = refusal(config(tags=deep)).problems
    assert problem.key == "tags"
    assert problem.value is None
    assert "more than 64 levels of nesting" in problem.reason


def test_values_may_be_nested() -> None:
    deep = '{"public": {"hosts": ["bookinfo/*"], "values": ' + '{"a":' * 60 + "1" + "}" * 62
    assert load(config(gateways=deep)).settings.gateways["public"].values


def test_text_that_no_encoding_has_is_told() -> None:
    (problem,) = refusal(config(tags='{"a": "\\ud800"}')).problems
    assert problem.key == "config"
    assert problem.reason.startswith("is not valid")


def test_all_problems_of_the_first_pass_are_in_one_message() -> None:
    wrong = config(
        {"network": {"nat": "both", "zones": ["us-west-2a"]}, "cluster": {"version": 1.36}},
        gatewayz="{}",
        bookinfo="no",
    )
    message = str(refusal({**wrong, "aws:region": ""}))
    assert message.startswith("Pulumi.dev.yaml has 5 problems; nothing was created.")
    for key in ("aws:region", "gatewayz", "bookinfo", "network.nat", "cluster.version"):
        assert f"\n  {key}" in message
    # The second pass has its turn when the shape is right.
    assert "network.zones" not in message


def test_all_problems_of_the_second_pass_are_in_one_message() -> None:
    wrong = config({"network": {"zones": ["us-west-2a"]}, "cluster": {"admins": [ADMIN], "viewers": [ADMIN]}})
    message = str(refusal(wrong, source="other.yaml"))
    assert message.startswith("other.yaml has 2 problems; nothing was created.")
    assert "\n  network.zones" in message
    assert "\n  cluster.viewers[0]" in message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any) -> list[list[str]]:
    """Paths of every mapping key."""
    if not isinstance(value, dict):
        return []
    return [[key, *rest] for key, inner in value.items() for rest in ([], *places(inner))]


COMPLETE: dict[str, Any] = merge(
    GOOD,
    {
        "network": {"cidr": "10.0.0.0/16", "flowLogs": {"traffic": "all"}, "endpoints": ["sts"], "existing": None},
        "cluster": {"endpoint": {"public": False}, "nodes": {"apps": {"instanceTypes": ["m6i.large"]}}, "addons": {}},
        "gateways": {"public": {"tls": {"mode": "none"}, "values": {}, "allowedCidrs": []}},
        "mesh": {"values": {"istiod": {"env": {}}}, "canaryVersion": "1.31.0", "tag": "stable"},
        "namespaces": [],
        "images": {"istio": "docker.io/istio"},
        "tags": {"team": "a"},
        "protect": False,
    },
)


@settings(max_examples=50)
@given(place=st.sampled_from(places(COMPLETE)), value=json_values)
def test_whatever_stands_anywhere_is_read_or_told(place: list[str], value: Any) -> None:
    for key in reversed(place):
        value = {key: value}
    # Anything but a refusal with its message would be a traceback in front of a person.
    with contextlib.suppress(SettingsError):
        load(config(merge(COMPLETE, value)))
