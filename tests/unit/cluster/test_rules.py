"""Rules about the cluster: its version, who may reach and enter it, its nodes."""

import pytest

from components.settings import versions
from components.stack.rules import RULES, problems
from tests.support.unit.rule_case import ADMIN, DEPLOYER, Case, check, context

SERVICE_LINKED = "arn:aws:iam::123456789012:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"


def cluster(**keys: object) -> dict[str, object]:
    return {"cluster": keys}


def apps(**keys: object) -> dict[str, object]:
    return cluster(nodes={"apps": keys})


def public(*cidrs: str) -> dict[str, object]:
    return cluster(endpoint={"public": True, "publicCidrs": list(cidrs)})


CASES = [
    Case(
        rule="cluster.version",
        changes=cluster(version="1.29"),
        key="cluster.version",
        says="not a Kubernetes version that this program knows",
        write='"1.36"',
    ),
    Case(
        rule="cluster.kube_proxy",
        changes=cluster(version="1.35"),
        key="cluster.addons.kube-proxy.version",
        says="is not compatible with cluster.version 1.35",
        write="describe-addon-versions",
    ),
    Case(
        rule="cluster.endpoint",
        changes=public(),
        key="cluster.endpoint.publicCidrs",
        says="empty while the endpoint is public",
        write="List the ranges that may connect",
    ),
    Case(
        rule="cluster.endpoint",
        changes=cluster(endpoint={"publicCidrs": ["8.8.8.8/32"]}),
        key="cluster.endpoint.publicCidrs",
        says="no effect",
        write="public: true",
    ),
    Case(
        rule="cluster.endpoint",
        changes=public(*(f"8.8.{part}.0/24" for part in range(41))),
        key="cluster.endpoint.publicCidrs",
        says="lists 41 ranges",
    ),
    Case(
        rule="cluster.endpoint_addresses",
        changes=public("10.1.0.0/16"),
        key="cluster.endpoint.publicCidrs[0]",
        says="private range",
        write="public address of the client",
    ),
    Case(
        rule="cluster.public_ranges",
        changes=public("8.8.8.8/24"),
        key="cluster.endpoint.publicCidrs[0]",
        says="first address",
        write="8.8.8.0/24",
    ),
    Case(
        rule="cluster.public_ranges",
        changes=public("8.8.8.0/24", "8.8.8.256/32"),
        key="cluster.endpoint.publicCidrs[1]",
        says="not an IPv4 range",
    ),
    Case(
        rule="cluster.deployer",
        changes=cluster(admins=[ADMIN, DEPLOYER]),
        key="cluster.admins[1]",
        says="answers 409",
        write="Remove it from admins",
    ),
    Case(
        rule="cluster.deployer",
        changes=cluster(viewers=[DEPLOYER]),
        key="cluster.viewers[0]",
        says="cluster.deployer",
    ),
    Case(
        rule="cluster.viewers",
        changes=cluster(admins=[ADMIN], viewers=[ADMIN]),
        key="cluster.viewers[0]",
        says="also listed in cluster.admins",
        write="one of the two lists",
    ),
    Case(
        rule="cluster.service_linked_roles",
        changes=cluster(admins=[SERVICE_LINKED]),
        key="cluster.admins[0]",
        says="service-linked role",
        write="people or your CI",
    ),
    Case(
        rule="cluster.instance_types",
        changes=apps(instanceTypes=[]),
        key="cluster.nodes.apps.instanceTypes",
        says="is empty",
        write="m6i.large",
    ),
    Case(
        rule="cluster.instance_types",
        changes=apps(instanceTypes=["large"]),
        key="cluster.nodes.apps.instanceTypes[0]",
        says="not an EC2 instance type",
        write="family and size",
    ),
    Case(
        rule="cluster.nitro",
        changes=apps(instanceTypes=["m4.large"]),
        key="cluster.nodes.apps.instanceTypes[0]",
        says="does not run on the AWS Nitro System",
        write="newer family",
    ),
    Case(
        rule="cluster.architectures",
        changes=apps(instanceTypes=["m6i.large", "m7g.large"]),
        key="cluster.nodes.apps.instanceTypes",
        says="mixes x86 and Arm",
        write="one architecture",
    ),
    Case(
        rule="cluster.sizes",
        changes=apps(instanceTypes=["m6i.large", "m6i.xlarge"]),
        key="cluster.nodes.apps.instanceTypes",
        says="mixes sizes",
        write="one size",
    ),
    Case(
        rule="cluster.scaling",
        changes=apps(min=5),
        key="cluster.nodes.apps.max",
        says="below min, which is 5",
        write="Use 5 or more",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


def test_istio_and_kubernetes_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(versions.ISTIO_SUPPORTS, "1.31", ("1.34", "1.35"))
    (problem,) = RULES["istio.kubernetes_version"].check(context())
    assert problem.key == "mesh.version"
    assert problem.reason == 'does not support Kubernetes 1.36 (cluster.version), only "1.34", "1.35".'


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        # Nothing is said of a canary that there is not.
        ({"mesh": {"version": "1.99.0"}}, ["mesh.version"]),
        # What follows from a wrong setting is not told beside it.
        (cluster(version="1.99"), ["cluster.version"]),
    ],
)
def test_one_mistake_is_told_once(changes: dict[str, object], keys: list[str]) -> None:
    assert [problem.key for problem in problems(context(changes))] == keys
