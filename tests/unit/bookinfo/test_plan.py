"""Bookinfo's workloads and who may call them."""

from typing import Any

import pytest

from components.bookinfo import plan as bookinfo
from components.bookinfo import routing
from components.cluster import nodes
from components.settings import Bookinfo as BookinfoSettings
from components.settings import Gateway, Images, versions
from tests.support.pod_security import violations

IMAGES = Images(bookinfo="123456789012.dkr.ecr.us-west-2.amazonaws.com/docker-hub/istio")
DEPLOYMENTS = bookinfo.deployments(IMAGES)


def template(deployment: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = deployment["spec"]["template"]
    return found


def test_six_deployments() -> None:
    assert [each["metadata"]["name"] for each in DEPLOYMENTS] == [
        "productpage-v1",
        "details-v1",
        "ratings-v1",
        "reviews-v1",
        "reviews-v2",
        "reviews-v3",
    ]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: str(each["metadata"]["name"]))
class TestEveryDeployment:
    def test_pod_security_admits_it(self, deployment: dict[str, Any]) -> None:
        assert list(violations(template(deployment)["spec"])) == []

    def test_it_selects_its_own_pods(self, deployment: dict[str, Any]) -> None:
        labels = template(deployment)["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
        assert deployment["metadata"]["name"] == f"{labels['app']}-{labels['version']}"

    def test_its_image_comes_from_the_setting(self, deployment: dict[str, Any]) -> None:
        [container] = template(deployment)["spec"]["containers"]
        name = deployment["metadata"]["name"]
        assert container["image"] == f"{IMAGES.bookinfo}/examples-bookinfo-{name}:{versions.BOOKINFO}"

    def test_it_runs_on_the_nodes_of_apps(self, deployment: dict[str, Any]) -> None:
        assert template(deployment)["spec"]["nodeSelector"] == nodes.APPS_SELECTOR

    def test_it_has_an_identity_of_its_service_and_no_token(self, deployment: dict[str, Any]) -> None:
        pod = template(deployment)["spec"]
        accounts = {each["metadata"]["name"] for each in bookinfo.service_accounts()}
        assert pod["serviceAccountName"] in accounts
        assert pod["serviceAccountName"] == f"bookinfo-{template(deployment)['metadata']['labels']['app']}"
        assert pod["automountServiceAccountToken"] is False

    def test_it_asks_for_what_it_needs_and_says_when_it_is_ready(self, deployment: dict[str, Any]) -> None:
        [container] = template(deployment)["spec"]["containers"]
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert container["readinessProbe"]["httpGet"] == {"path": "/health", "port": routing.PORT}

    def test_every_mount_has_its_volume(self, deployment: dict[str, Any]) -> None:
        pod = template(deployment)["spec"]
        mounted = [mount["name"] for mount in pod["containers"][0]["volumeMounts"]]
        assert mounted == [volume["name"] for volume in pod["volumes"]]


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ({"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}, "details: root"),
        ({"securityContext": {"runAsNonRoot": True}}, "details: seccomp"),
        ({"hostNetwork": True}, "host namespaces"),
        ({"volumes": [{"name": "node", "hostPath": {"path": "/"}}]}, "volume node: hostPath"),
    ],
)
def test_the_check_of_pod_security_sees_what_it_checks(broken: dict[str, Any], expected: str) -> None:
    pod = template(DEPLOYMENTS[1])["spec"]
    assert list(violations({**pod, **broken})) == [expected]


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"allowPrivilegeEscalation": True}, "privilege escalation"),
        ({"capabilities": {"drop": ["all"]}}, "capabilities"),
        ({"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}, "capabilities"),
        ({"privileged": True}, "privileged"),
        ({"runAsUser": 0}, "root"),
    ],
)
def test_the_check_of_containers_sees_what_it_checks(context: dict[str, Any], expected: str) -> None:
    pod = template(DEPLOYMENTS[1])["spec"]
    [container] = pod["containers"]
    changed = {**container, "securityContext": {**container["securityContext"], **context}}
    assert list(violations({**pod, "containers": [changed]})) == [f"details: {expected}"]


def test_every_service_finds_pods_and_names_its_protocol() -> None:
    for service in bookinfo.services():
        selector = service["spec"]["selector"].items()
        assert any(selector <= template(each)["metadata"]["labels"].items() for each in DEPLOYMENTS)
        assert service["spec"]["ports"] == [{"name": "http", "port": 9080, "targetPort": 9080}]


def test_every_subset_finds_pods_and_every_version_has_a_subset() -> None:
    defined = {
        (rule["metadata"]["name"], subset["labels"]["version"])
        for rule in routing.destination_rules()
        for subset in rule["spec"]["subsets"]
    }
    labels = [template(each)["metadata"]["labels"] for each in DEPLOYMENTS]
    assert defined == {(each["app"], each["version"]) for each in labels}


def test_every_route_leads_to_a_service_and_its_port() -> None:
    services = {
        f"{each['metadata']['name']}.{each['metadata']['namespace']}.svc.cluster.local": each["spec"]["ports"]
        for each in bookinfo.services()
    }
    for rule in routing.destination_rules():
        assert rule["spec"]["host"] in services
    for each in routing.virtual_services(BookinfoSettings(routing="canary"), Gateway(hosts=("bookinfo/*",))):
        for route in each["spec"]["http"][0]["route"]:
            destination = route["destination"]
            assert destination["port"]["number"] in [port["port"] for port in services[destination["host"]]]


def test_exactly_the_needed_calls_are_allowed() -> None:
    allowed = {
        (principal, each["metadata"]["name"])
        for each in bookinfo.authorization("example.org", "public")
        for rule in each["spec"]["rules"]
        for source in rule["from"]
        for principal in source["source"]["principals"]
    }
    assert allowed == {
        ("example.org/ns/gateway-public/sa/gateway-public", "productpage"),
        ("example.org/ns/bookinfo/sa/bookinfo-productpage", "details"),
        ("example.org/ns/bookinfo/sa/bookinfo-productpage", "reviews"),
        ("example.org/ns/bookinfo/sa/bookinfo-productpage", "ratings"),
        ("example.org/ns/bookinfo/sa/bookinfo-reviews", "ratings"),
    }


def test_only_the_login_is_written_to() -> None:
    writes = [
        (each["metadata"]["name"], target["operation"].get("paths"))
        for each in bookinfo.authorization("example.org", "public")
        for rule in each["spec"]["rules"]
        for target in rule["to"]
        if target["operation"]["methods"] != ["GET"]
    ]
    assert writes == [("productpage", ["/login"])]


def test_every_policy_has_callers_and_selects_pods() -> None:
    labels = [template(each)["metadata"]["labels"] for each in DEPLOYMENTS]
    for each in bookinfo.authorization("example.org", "public"):
        selector = each["spec"]["selector"]["matchLabels"].items()
        assert any(selector <= found.items() for found in labels)
        assert all(rule["from"] and rule["to"] for rule in each["spec"]["rules"])
