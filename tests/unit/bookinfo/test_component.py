"""What Bookinfo registers, and in which order."""

import pytest

from components.bookinfo.component import Bookinfo, BookinfoArgs
from components.settings import Bookinfo as BookinfoSettings
from components.settings import Gateway, Images, names
from tests.support.unit import harness
from tests.support.unit.mesh_settings import mesh
from tests.support.unit.recorded import Stack


@pytest.fixture(scope="module")
def built() -> Stack:
    args = BookinfoArgs(
        settings=BookinfoSettings(routing="test-user"),
        mesh=mesh(tag="stable"),
        images=Images(),
        gateway=Gateway(hosts=("bookinfo/*",)),
        gateway_dns_name="nlb.example.org",
    )
    return harness.component(lambda: Bookinfo("bookinfo", args))


def test_its_namespace_is_like_a_teams(built: Stack) -> None:
    labels = built.kubernetes("Namespace", "bookinfo").inputs["metadata"]["labels"]
    assert labels[names.REVISION_LABEL] == "stable"
    assert built.kubernetes("AuthorizationPolicy", "deny-by-default", "bookinfo").inputs["spec"] == {}


def test_its_objects(built: Stack) -> None:
    kinds = [node.resource["type"].rpartition(":")[2] for node in built.nodes if "metadata" in node.inputs]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "Namespace": 1,
        "AuthorizationPolicy": 5,
        "ResourceQuota": 1,
        "ServiceAccount": 4,
        "Service": 4,
        "Deployment": 6,
        "DestinationRule": 4,
        "VirtualService": 4,
    }


def test_no_pod_starts_before_it_is_denied_and_allowed(built: Stack) -> None:
    for deployment in built.of_type("kubernetes:apps/v1:Deployment"):
        for name in ("deny-by-default", "productpage", "details", "reviews", "ratings"):
            assert deployment.reaches(built.kubernetes("AuthorizationPolicy", name, "bookinfo"))


def test_no_route_exists_before_its_subsets_and_their_pods(built: Stack) -> None:
    rules = built.of_type("kubernetes:networking.istio.io/v1:DestinationRule")
    deployments = built.of_type("kubernetes:apps/v1:Deployment")
    for route in built.of_type("kubernetes:networking.istio.io/v1:VirtualService"):
        assert all(route.reaches(other) for other in [*rules, *deployments])


def test_no_workload_waits_for_its_service(built: Stack) -> None:
    """The provider waits with a Service until it has pods: the two would wait for each other."""
    services = built.of_type("kubernetes:core/v1:Service")
    assert services
    for workload in built.of_type("kubernetes:apps/v1:Deployment"):
        assert not any(workload.reaches(service) for service in services)


def test_no_route_exists_before_the_services_it_leads_to(built: Stack) -> None:
    for route in built.of_type("kubernetes:networking.istio.io/v1:VirtualService"):
        assert all(route.reaches(service) for service in built.of_type("kubernetes:core/v1:Service"))


def test_nothing_in_it_exists_before_its_namespace(built: Stack) -> None:
    namespace = built.kubernetes("Namespace", "bookinfo")
    inside = [node for node in built.nodes if node.inputs.get("metadata", {}).get("namespace") == "bookinfo"]
    assert inside
    assert all(node.reaches(namespace) for node in inside)
