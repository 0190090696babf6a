"""The environment of containers, as the kubelet makes it."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.node.environment import NotThereError, UnsupportedError, environment, expand, field, formatted, resource

NAMES = st.text("ABC_", min_size=1, max_size=3)
POD = {
    "metadata": {
        "name": "web-1",
        "namespace": "shop",
        "uid": "u-1",
        "labels": {"b": "2", "a": 'say "hi"'},
        "annotations": {"team/mail": "x@y"},
    },
    "spec": {"nodeName": "node-1", "serviceAccountName": "web"},
    "status": {"podIP": "10.244.1.1", "hostIP": "10.244.0.1"},
}
OBJECTS = {
    ("ConfigMap", "settings"): {"COLOUR": b"red", "SIZE": b"$(COLOUR)"},
    ("Secret", "login"): {"user": b"me"},
}


def made(container: Mapping[str, Any], services: Mapping[str, str] | None = None) -> dict[str, str]:
    return environment(
        container,
        POD,
        allocatable={"cpu": "1930m", "memory": "7Gi"},
        lookup=lambda kind, name: OBJECTS.get((kind, name)),
        services=services or {},
    )


def variable(name: str, **source: Any) -> dict[str, Any]:
    return {"env": [{"name": name, "valueFrom": source}]}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$(A)", "1"),
        ("$(A)$(B).svc", "12.svc"),
        ("$(C)", "$(C)"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("$A ${A} $", "$A ${A} $"),
        ("$(A", "$(A"),
        ("", ""),
    ],
)
def test_references_are_replaced_where_they_are_known(text: str, expanded: str) -> None:
    assert expand(text, {"A": "1", "B": "2"}) == expanded


@given(st.text("$()AB"), st.dictionaries(NAMES, st.text(max_size=5)))
@settings(max_examples=50)
def test_what_is_doubled_first_comes_back_as_it_was(text: str, values: dict[str, str]) -> None:
    assert expand(text.replace("$", "$$"), values) == text


def test_a_reference_sees_variables_above_it_and_services() -> None:
    env = [{"name": "A", "value": "$(B)"}, {"name": "B", "value": "2"}, {"name": "C", "value": "$(B)$(HOST)"}]
    assert made({"env": env}, {"HOST": "10.96.0.1"}) == {"A": "$(B)", "B": "2", "C": "210.96.0.1", "HOST": "10.96.0.1"}


def test_own_variables_win_over_imported_ones_and_those_over_services() -> None:
    container = {
        "envFrom": [{"configMapRef": {"name": "settings"}}, {"prefix": "LOGIN_", "secretRef": {"name": "login"}}],
        "env": [{"name": "COLOUR", "value": "blue"}],
    }
    # What is imported is taken as it is.
    assert made(container, {"SIZE": "1"}) == {"COLOUR": "blue", "SIZE": "$(COLOUR)", "LOGIN_user": "me"}


def test_a_variable_without_anything_is_empty() -> None:
    assert made({"env": [{"name": "PLATFORM"}, {"name": "OTHER", "value": ""}]}) == {"PLATFORM": "", "OTHER": ""}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "web-1"),
        ("metadata.namespace", "shop"),
        ("metadata.uid", "u-1"),
        ("metadata.labels['b']", "2"),
        ("metadata.labels['none']", ""),
        ("metadata.annotations['team/mail']", "x@y"),
        ("spec.nodeName", "node-1"),
        ("spec.serviceAccountName", "web"),
        ("status.podIP", "10.244.1.1"),
        ("status.hostIP", "10.244.0.1"),
    ],
)
def test_fields_of_the_pod(path: str, value: str) -> None:
    assert made(variable("X", fieldRef={"fieldPath": path})) == {"X": value}


def test_a_map_is_written_sorted_and_quoted() -> None:
    assert field(POD, "metadata.labels") == 'a="say \\"hi\\""\nb="2"'
    assert formatted({}) == ""


def test_a_field_that_is_not_played_is_said() -> None:
    with pytest.raises(UnsupportedError, match="hostname"):
        field(POD, "spec.hostname")


@pytest.mark.parametrize(
    ("asked", "divisor", "value"),
    [
        ("limits.cpu", "1", "2"),
        ("limits.cpu", "0", "2"),
        ("limits.cpu", "1m", "1930"),
        ("limits.memory", "1", str(512 * 2**20)),
        ("limits.memory", "1Gi", "1"),
        ("requests.cpu", "1m", "100"),
        ("requests.memory", "1", "0"),
    ],
)
def test_resources_are_counted_in_divisors_and_limits_default_to_the_node(asked: str, divisor: str, value: str) -> None:
    container = {"resources": {"limits": {"memory": "512Mi"}, "requests": {"cpu": "100m"}}}
    assert resource({"resource": asked, "divisor": divisor}, container, {"cpu": "1930m", "memory": "7Gi"}) == value


def test_keys_of_objects() -> None:
    assert made(variable("X", secretKeyRef={"name": "login", "key": "user"})) == {"X": "me"}
    assert made(variable("X", configMapKeyRef={"name": "settings", "key": "COLOUR"})) == {"X": "red"}


@pytest.mark.parametrize(
    "reference",
    [
        {"secretKeyRef": {"name": "none", "key": "user"}},
        {"secretKeyRef": {"name": "login", "key": "none"}},
        {"configMapKeyRef": {"name": "login", "key": "user"}},
    ],
)
def test_what_is_missing_is_refused_unless_it_is_optional(reference: dict[str, dict[str, Any]]) -> None:
    with pytest.raises(NotThereError):
        made(variable("X", **reference))
    assert made(variable("X", **{kind: {**each, "optional": True} for kind, each in reference.items()})) == {}


def test_an_imported_object_may_be_optional() -> None:
    with pytest.raises(NotThereError, match='ConfigMap "none" not found'):
        made({"envFrom": [{"configMapRef": {"name": "none"}}]})
    assert made({"envFrom": [{"configMapRef": {"name": "none", "optional": True}}]}) == {}
