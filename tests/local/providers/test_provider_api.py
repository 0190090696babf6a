"""What the kubernetes stand-in decides in front of a real API server, without one."""

import base64
from pathlib import Path
from typing import Any

import pytest

from local.control_plane.api_errors import ApiRefusedError
from local.providers.kubernetes import api_refusals, awaits, releases, target_group_binding
from local.providers.kubernetes.api_objects import normal
from local.providers.kubernetes.releases import Releases
from tests.support.unit import harness

Manifest = dict[str, Any]
SECRET: Manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
ROLLED = [
    {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": "enough"},
    {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "message": "done"},
]
DONE = {"observedGeneration": 2, "updatedReplicas": 2, "readyReplicas": 2, "conditions": ROLLED}


class Slices:
    """An API server with these EndpointSlices."""

    def __init__(self, *endpoints: list[Manifest] | None) -> None:
        self._endpoints = endpoints

    def list(self, api_version: str, kind: str, namespace: str, *, labels: str) -> list[Manifest]:
        assert (kind, namespace, labels) == ("EndpointSlice", "n", "kubernetes.io/service-name=s")
        return [{"endpoints": each} for each in self._endpoints]


def lacking(kind: str, live: Manifest, api: Any = None) -> list[str]:
    awaited = {name: each for (_, name), each in awaits.AWAITED.items()}
    return awaited[kind].lacking(api, live)


def deployment(**status: Any) -> Manifest:
    return {"metadata": {"generation": 2}, "spec": {"replicas": 2}, "status": DONE | status}


def condition(type_: str, status: str, reason: str = "Because") -> Manifest:
    return {"type": type_, "status": status, "reason": reason, "message": "said"}


def test_a_deployment_that_is_rolled_out_lacks_nothing() -> None:
    assert lacking("Deployment", deployment()) == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"observedGeneration": 1}, "has not seen it yet"),
        ({"readyReplicas": 1}, "Minimum number of Pods to consider"),
        ({"updatedReplicas": 1}, "Minimum number of Pods to consider"),
        ({"conditions": None}, "Minimum number of live Pods"),
        ({"conditions": [ROLLED[0]]}, "Minimum number of Pods to consider"),
        ({"conditions": [*ROLLED, condition("ReplicaFailure", "True", "FailedCreate")]}, "[FailedCreate] said"),
        ({"conditions": [condition("Available", "False"), ROLLED[1]]}, "[Because] said"),
    ],
)
def test_a_deployment_says_what_it_lacks(status: Manifest, reason: str) -> None:
    assert any(reason in each for each in lacking("Deployment", deployment(**status)))


@pytest.mark.parametrize(
    ("spec", "endpoints", "ready"),
    [
        ({"selector": {"a": "b"}}, [], False),
        ({"selector": {"a": "b"}}, [[]], False),
        ({"selector": {"a": "b"}}, [None], False),
        ({"selector": {"a": "b"}}, [[], [{"addresses": ["10.0.0.1"]}]], True),
        ({"selector": {"a": "b"}, "clusterIP": "None"}, [], True),
        ({"selector": {"a": "b"}, "type": "ExternalName"}, [], True),
        ({}, [], True),
    ],
)
def test_a_service_with_a_selector_needs_endpoints(spec: Manifest, endpoints: list[Any], ready: bool) -> None:
    live = {"metadata": {"name": "s", "namespace": "n"}, "spec": spec}

    assert (lacking("Service", live, Slices(*endpoints)) == []) == ready


def test_a_quota_and_a_definition_are_taken_up() -> None:
    hard = {"pods": "1"}
    assert lacking("ResourceQuota", {"spec": {"hard": hard}, "status": {"hard": hard}}) == []
    assert lacking("ResourceQuota", {"spec": {"hard": hard}}) != []
    assert lacking("CustomResourceDefinition", {"status": {"conditions": [condition("Established", "True")]}}) == []
    assert lacking("CustomResourceDefinition", {"status": {"conditions": None}}) != []


def test_texts_of_a_secret_are_sent_as_data() -> None:
    sent = normal(SECRET | {"__fieldManager": "x", "data": {"a": "QQ=="}, "stringData": {"b": "B"}})

    assert sent == SECRET | {"data": {"a": "QQ==", "b": base64.b64encode(b"B").decode()}}
    assert normal(SECRET | {"data": {"a": "QQ=="}}) == SECRET | {"data": {"a": "QQ=="}}


@pytest.mark.parametrize("field", ["data", "stringData"])
def test_no_form_of_a_value_stands_in_a_message(field: str) -> None:
    value = "-----BEGIN KEY-----\nhunter2\n-----END KEY-----"
    encoded = base64.b64encode(value.encode()).decode()
    given = SECRET | {field: {"key": value if field == "stringData" else encoded}}
    message = f"cannot take {value!r} nor {encoded} nor {value}"

    hidden = api_refusals.without_values(message, given)
    assert "hunter2" not in hidden
    assert encoded not in hidden
    assert hidden.startswith("cannot take")
    assert api_refusals.without_values(message, given | {"kind": "ConfigMap"}) == message


def test_a_value_that_is_no_text_is_hidden_too() -> None:
    given = SECRET | {"stringData": {"pin": 47110815}}

    assert normal(given)["stringData"] == {"pin": 47110815}
    assert "47110815" not in api_refusals.without_values("expected string, got 47110815", given)


def test_refusals_read_as_the_providers() -> None:
    conflict = ApiRefusedError(409, "Conflict", 'Apply failed with 1 conflict: conflict with "x": .data.a')
    unknown = ApiRefusedError(404, ApiRefusedError.UNKNOWN_KIND, 'no matches for kind "Thing" in version "v1"')

    said = api_refusals.text(conflict, SECRET, "pulumi-kubernetes-1")
    assert said.startswith("Server-Side Apply field conflict detected.")
    assert 'field manager "pulumi-kubernetes-1" had an apply conflict: Apply failed' in said
    assert "Verify that any required CRDs have been created: no matches" in api_refusals.text(unknown, SECRET)


class Recorder:
    """A helm that does nothing, of which the arguments are kept."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], str]] = []

    def run(self, *arguments: str, given: str = "") -> str:
        self.asked.append((arguments, given))
        return ""

    def listed(self, *arguments: str) -> list[Manifest]:
        return []


def asked(operation: str, **fields: Any) -> tuple[tuple[str, ...], str]:
    recorder = Recorder()
    helm: Any = recorder
    charts = {"istiod": Path("/charts/istiod")}
    inputs = {"name": "r", "chart": "istiod", "namespace": "n", "timeout": 600, "maxHistory": 5, **fields}
    getattr(Releases(helm, charts, lambda _: []), operation)(inputs)
    (found,) = recorder.asked
    return found


def test_helm_is_asked_as_the_provider_asks_it() -> None:
    common = ("r", "/charts/istiod", "--namespace", "n", "--values", "-", "--wait", "--timeout", "600s")

    assert asked("install")[0] == ("install", *common)
    assert asked("install", atomic=True)[0] == ("install", *common, "--atomic")
    assert asked("upgrade", cleanupOnFail=True)[0] == ("upgrade", *common, "--history-max", "5", "--cleanup-on-fail")
    assert asked("uninstall")[0] == ("uninstall", "r", "--namespace", "n", "--wait", "--timeout", "600s")
    assert "--wait" not in asked("install", skipAwait=True)[0]
    assert asked("install", timeout=None)[0][-1] == "300s"


def test_what_upstream_envoy_needs_is_added_and_told() -> None:
    _, values = asked("install", values={"env": {"PILOT_ENABLE_ALPN_FILTER": "true", "OTHER": "1"}, "revision": "x"})

    assert values == (
        '{"env": {"PILOT_ENABLE_ALPN_FILTER": "false", "OTHER": "1", "PILOT_ENABLE_METADATA_EXCHANGE": "false"}, '
        '"revision": "x", "telemetry": {"enabled": false}}'
    )
    assert releases.added() == [
        'istiod: env.PILOT_ENABLE_METADATA_EXCHANGE="false"',
        'istiod: env.PILOT_ENABLE_ALPN_FILTER="false"',
        "istiod: telemetry.enabled=false",
    ]


def test_the_kind_of_bindings_has_what_the_program_sets() -> None:
    (version,) = target_group_binding.DEFINITION["spec"]["versions"]
    spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    made = harness.preview("prod").of_type("kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding")

    assert made
    for binding in made:
        assert set(binding.inputs["spec"]) <= set(spec["properties"])
        assert set(spec["required"]) <= set(binding.inputs["spec"])
