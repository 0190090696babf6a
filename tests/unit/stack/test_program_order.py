"""What must exist before what, in both stacks; destroy runs the other way."""

import copy
from typing import Any

import pytest

from components.settings import names
from tests.support.unit.recorded import Node, Stack

ADDON, RELEASE = "aws:eks/addon:Addon", "kubernetes:helm.sh/v3:Release"
BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
NODE_GROUP = "eks:index:ManagedNodeGroup"
EARLY_ADDONS = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")


def addon(stack: Stack, name: str) -> Node:
    return next(node for node in stack.of_type(ADDON) if node.inputs["addonName"] == name)


def istiods(stack: Stack) -> list[Node]:
    found = [node for node in stack.of_type(RELEASE) if node.inputs["chart"] == "istiod"]
    assert found
    return found


def controller(stack: Stack) -> Node:
    return stack.release(names.CONTROLLER_NAME)


def node_role_policies(stack: Stack) -> list[Node]:
    return [
        n
        for n in stack.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if n.name.startswith("cluster-nodes")
    ]


def way_out(stack: Stack) -> list[Node]:
    found = stack.of_type(
        "aws:ec2/route:Route",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/natGateway:NatGateway",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
    )
    assert len(found) > 10
    return found


def test_istiod_never_starts_before_its_certificates(stack: Stack) -> None:
    assert all(istiod.reaches(stack.secret(names.CA_SECRET)) for istiod in istiods(stack))


@pytest.mark.parametrize("release", ["istio-base", "istio-cni"])
def test_istiod_waits_for_base_and_cni(stack: Stack, release: str) -> None:
    assert all(istiod.reaches(stack.release(release)) for istiod in istiods(stack))


def test_istiod_waits_for_nodes_and_dns(stack: Stack) -> None:
    for target in (*stack.of_type(NODE_GROUP), addon(stack, "coredns")):
        assert all(istiod.reaches(target) for istiod in istiods(stack)), target.urn


@pytest.mark.parametrize("name", EARLY_ADDONS)
def test_nodes_wait_for_what_their_pods_need_at_once(stack: Stack, name: str) -> None:
    assert all(group.reaches(addon(stack, name)) for group in stack.of_type(NODE_GROUP))


def test_nodes_wait_for_their_role_and_their_way_out(stack: Stack) -> None:
    for target in (*node_role_policies(stack), *way_out(stack)):
        assert all(group.reaches(target) for group in stack.of_type(NODE_GROUP)), target.urn


def test_dns_and_metrics_wait_for_nodes(stack: Stack) -> None:
    """An add-on without a node to run on is DEGRADED after twenty minutes, and the `up` fails."""
    for name in ("coredns", "metrics-server"):
        assert all(addon(stack, name).reaches(group) for group in stack.of_type(NODE_GROUP))


def test_the_controller_outlives_nothing_it_needs(stack: Stack) -> None:
    """On destroy it still deregisters targets: identity, DNS, network and nodes go after it."""
    needed = [
        *stack.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation"),
        stack.one("aws:iam/rolePolicy:RolePolicy", "cluster-controller-identity"),
        *(addon(stack, name) for name in (*EARLY_ADDONS, "coredns")),
        *stack.of_type(NODE_GROUP),
        *node_role_policies(stack),
        *way_out(stack),
    ]
    for target in needed:
        assert controller(stack).reaches(target), target.urn


def test_bindings_go_first_on_destroy(stack: Stack) -> None:
    """A binding has a finalizer that only the running controller removes."""
    assert stack.of_type(BINDING)
    for binding in stack.of_type(BINDING):
        for target in (controller(stack), *stack.of_type(NODE_GROUP), *way_out(stack)):
            assert binding.reaches(target), target.urn


def test_gateways_are_installed_behind_listeners_and_after_istiod(stack: Stack) -> None:
    gateways = [node for node in stack.of_type(RELEASE) if node.inputs["chart"] == "gateway"]
    assert gateways
    for gateway in gateways:
        for target in (*stack.of_type("aws:lb/listener:Listener"), *istiods(stack)):
            assert gateway.reaches(target), target.urn


def test_what_is_injected_waits_for_the_injector_and_the_policy(stack: Stack) -> None:
    tag = stack.of_type("kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration")
    assert len(tag) == 1
    for deployment in stack.of_type("kubernetes:apps/v1:Deployment"):
        for target in (*tag, stack.kubernetes("PeerAuthentication", "default", names.ISTIO_SYSTEM)):
            assert deployment.reaches(target), target.urn


def test_istio_objects_wait_for_their_definitions(stack: Stack) -> None:
    kinds = [n for n in stack.nodes if ".istio.io/" in n.resource["type"]]
    assert len(kinds) > 10
    assert all(node.reaches(stack.release("istio-base")) for node in kinds)


def test_every_kubernetes_object_goes_through_our_provider(stack: Stack) -> None:
    ours = stack.one("pulumi:providers:kubernetes", "cluster-kubernetes").urn
    inside = [node for node in stack.nodes if node.resource["type"].startswith("kubernetes:")]
    assert inside
    assert [node.urn for node in inside if node.provider != ours] == []


def test_who_works_inside_the_cluster_may_enter_until_everything_there_is_gone(prod: Stack) -> None:
    """A destroy by an administrator who is not the creator would otherwise lock itself out."""
    ways_in = prod.of_type("aws:eks/accessEntry:AccessEntry", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert ways_in
    inside = [node for node in prod.nodes if node.resource["type"].startswith("kubernetes:")]
    assert [(n.urn, way.urn) for n in inside for way in ways_in if not n.reaches(way)] == []


def test_a_lost_edge_is_noticed(dev: Stack) -> None:
    """Negative control of the checks above: without the edges to ``cacerts`` istiod no longer reaches it."""
    cut: dict[str, Any] = copy.deepcopy(dict(dev.document))
    secret = dev.secret(names.CA_SECRET).urn
    for resource in cut["resources"]:
        resource["dependencies"] = [urn for urn in resource["dependencies"] if urn != secret]
    without = Stack(cut)
    assert not any(istiod.reaches(without.secret(names.CA_SECRET)) for istiod in istiods(without))
