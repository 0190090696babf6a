"""The guide for app teams says what the platform and the example do."""

import importlib
import json
import sys
from typing import Any

import pytest

from components.charts.values import merge
from components.cluster import nodes
from components.contract import parameter as contract_parameter
from components.namespaces import editors
from components.settings import versions
from components.stack import reading
from tests.support import pod_security
from tests.support.days import TODAY
from tests.support.stack_files import ROOT
from tests.support.unit import guide, harness
from tests.support.unit.harness import OWNED
from tests.support.unit.rule_case import GOOD

EXAMPLE = ROOT / "examples" / "app-team"


@pytest.fixture(scope="module")
def outputs() -> dict[str, Any]:
    """Prod's, with the hosts that the guide speaks of."""
    text = json.dumps(harness.update("prod", harness.owned("prod")).outputs)
    found: dict[str, Any] = json.loads(text.replace(OWNED["example.com"], "example.com"))
    return found


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The example's modules; a project of its own, and so not on the path."""
    monkeypatch.setattr(sys, "path", [str(EXAMPLE), *sys.path])
    return importlib.import_module


def objects(example: Any, outputs: dict[str, Any]) -> dict[str, Any]:
    """Specs of the example with the caller that the guide allows."""
    contract, traffic, source = (example(f"shop.{name}") for name in ("contract", "traffic", "sources"))
    stack = source.Stack(name="organization/istio-eks/prod")
    settings = example("shop.settings").Settings(source=stack, callers=("shop/frontend",))
    found = contract.read("The stack", outputs)
    return {
        "AuthorizationPolicy": traffic.authorization(found, settings),
        "DestinationRule": traffic.destination_rule(settings),
        "VirtualService": traffic.route(found, settings),
    }


@pytest.mark.parametrize("written", guide.settings(), ids=str)
def test_the_platform_accepts_what_it_is_asked_to_write(written: dict[str, Any]) -> None:
    asked = {key.removeprefix("istio-eks:"): value for key, value in written.items()}
    raw = {f"istio-eks:{key}": json.dumps(value) for key, value in merge(GOOD, asked).items()}
    config = {"aws:region": "us-west-2", "pulumi:disable-default-providers": '["kubernetes"]', **raw}
    assert reading.load(config, stack="prod", today=TODAY).settings.namespaces


def test_limits_are_those_of_the_example(example: Any, outputs: dict[str, Any]) -> None:
    policy = objects(example, outputs)["DestinationRule"]["trafficPolicy"]
    assert guide.first("DestinationRule")["spec"]["trafficPolicy"] == policy


def test_it_lets_in_whom_the_example_lets_in(example: Any, outputs: dict[str, Any]) -> None:
    rules = objects(example, outputs)["AuthorizationPolicy"]["rules"]
    [rule] = guide.first("AuthorizationPolicy")["spec"]["rules"]
    principals = [each for rule in rules for source in rule["from"] for each in source["source"]["principals"]]
    assert rule["from"] == [{"source": {"principals": principals}}]
    assert all(rule["to"] == each["to"] for each in rules)


def test_it_publishes_what_the_example_publishes(example: Any, outputs: dict[str, Any]) -> None:
    theirs, ours = objects(example, outputs)["VirtualService"], guide.first("VirtualService")["spec"]
    del theirs["http"][0]["route"][0]["destination"]["subset"]
    assert ours == theirs


def test_what_comes_later_keeps_the_limits_of_the_first() -> None:
    """Whoever applies it in the first one's place loses what it leaves out."""
    first, *later = guide.all_of("DestinationRule")
    assert [each["spec"]["trafficPolicy"] for each in later] == [first["spec"]["trafficPolicy"]]
    assert {each["metadata"]["name"] for each in later} == {first["metadata"]["name"]}


def test_what_comes_later_keeps_the_path_the_timeout_and_the_retries_of_the_first() -> None:
    first, *later = guide.all_of("VirtualService")
    assert len(later) == 2
    [way] = first["spec"]["http"]
    for each in (http for rule in later for http in rule["spec"]["http"]):
        assert {key: each[key] for key in ("timeout", "retries")} == {key: way[key] for key in ("timeout", "retries")}
        assert [match["uri"] for match in each["match"]] == [match["uri"] for match in way["match"]]
        ports = [route["destination"]["port"] for route in each["route"]]
        assert ports == [way["route"][0]["destination"]["port"]] * len(ports)


def test_subsets_are_there_before_a_route_leads_to_them() -> None:
    subsets = {each["name"] for each in guide.all_of("DestinationRule")[-1]["spec"]["subsets"]}
    routes = [way for each in guide.all_of("VirtualService")[1:] for way in each["spec"]["http"]]
    assert {route["destination"]["subset"] for way in routes for route in way["route"]} == subsets


def test_its_pods_are_let_in_and_run_on_the_nodes_for_apps() -> None:
    assert len(guide.pods()) == 2
    assert [found for pod in guide.pods() for found in pod_security.violations(pod)] == []
    assert guide.first("Deployment")["spec"]["template"]["spec"]["nodeSelector"] == nodes.APPS_SELECTOR


def test_a_workload_is_left_out_by_label() -> None:
    labels = guide.first("Job")["spec"]["template"]["metadata"]["labels"]
    assert labels["sidecar.istio.io/inject"] == "false"


def test_kubectl_gets_the_kubeconfig_of_the_parameter_before_anything_is_asked(outputs: dict[str, Any]) -> None:
    written = list(guide.commands())
    read, used = (next(i for i, words in enumerate(written) if words[0] == each) for each in ("aws", "kubectl"))
    assert contract_parameter.name("istio-eks-prod") in written[read]
    assert " ".join(written[read]).endswith("--output text | jq -r .kubeconfig > kubeconfig")
    assert "kubeconfig" in outputs
    assert written[read + 1 : used] == [["export", "KUBECONFIG=$PWD/kubeconfig"]]


def test_it_says_how_new_the_aws_cli_has_to_be() -> None:
    assert f"AWS CLI {'.'.join(map(str, versions.AWS_CLI[:2]))} or newer" in guide.TEXT


def allowed(verb: str, resource: str) -> bool:
    return any(resource in resources and verb in verbs for _, resources, verbs in editors.RULES)


def asked(words: list[str]) -> list[tuple[str, str]]:
    """Verb and resource that a kubectl command needs; none of the one that only asks what is allowed."""
    match words[1:]:
        case ["get", resources, *_]:
            return [("list", each) for each in resources.split(",")]
        case ["logs", *_]:
            return [("get", "pods/log")]
        case ["auth", "can-i", *_]:
            return []
    return [("?", " ".join(words))]


def test_editors_may_run_its_commands() -> None:
    kubectl = [words for words in guide.commands() if words[0] == "kubectl"]
    assert len(kubectl) > 4
    assert [each for words in kubectl for each in asked(words) if not allowed(*each)] == []


@pytest.mark.parametrize("command", ["kubectl get secrets", "kubectl exec deployments/x", "kubectl get gateways"])
def test_a_command_that_they_may_not_run_would_be_seen(command: str) -> None:
    assert [each for each in asked(command.split()) if not allowed(*each)]
