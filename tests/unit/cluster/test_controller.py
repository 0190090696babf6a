"""The load balancer controller: its identity, and what it is installed with."""

from components.cluster import nodes
from tests.support.unit.cluster_stack import stack
from tests.support.unit.harness import REGION
from tests.support.unit.recorded import Node, Stack

INGRESS = "arn:aws:iam::111122223333:policy/Ingress"


def controller(of: Stack) -> Node:
    return of.release("aws-load-balancer-controller")


def test_the_controller_has_its_identity_before_its_pods_and_after_them() -> None:
    found = stack({"loadBalancerController": {"policyArns": (INGRESS,)}})
    association = found.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "cluster-controller-identity")
    assert controller(found).reaches(association)
    assert controller(found).reaches(found.one("aws:iam/rolePolicy:RolePolicy", "cluster-controller-identity"))
    more = [
        node
        for node in found.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if node.inputs["policyArn"] == INGRESS
    ]
    assert len(more) == 1
    assert controller(found).reaches(more[0])


def test_the_identity_is_that_of_the_controllers_service_account(preview: Stack) -> None:
    association = preview.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "cluster-controller-identity")
    account = controller(preview).inputs["values"]["serviceAccount"]
    assert association.inputs["serviceAccount"] == account["name"]
    assert association.inputs["namespace"] == controller(preview).inputs["namespace"]
    assert account["create"] is True


def test_the_controller_knows_where_it_is_without_instance_metadata(preview: Stack) -> None:
    values = controller(preview).inputs["values"]
    assert (values["region"], values["vpcId"]) == (REGION, "vpc-1")


def test_the_controller_stands_in_the_way_of_no_service(preview: Stack) -> None:
    assert controller(preview).inputs["values"]["enableServiceMutatorWebhook"] is False


def test_the_controller_runs_on_system_nodes(preview: Stack) -> None:
    values = controller(preview).inputs["values"]
    assert values["nodeSelector"] == nodes.SYSTEM_SELECTOR
    assert values["tolerations"] == nodes.SYSTEM_TOLERATIONS


def test_values_of_the_settings_are_merged_last() -> None:
    found = stack({"loadBalancerController": {"values": {"replicaCount": 3, "serviceAccount": {"annotations": {}}}}})
    values = controller(found).inputs["values"]
    assert values["replicaCount"] == 3
    assert values["serviceAccount"]["create"] is True


def test_the_controller_is_installed_through_our_provider(preview: Stack) -> None:
    assert controller(preview).provider == preview.one("pulumi:providers:kubernetes", "cluster-kubernetes").urn
