"""The example of an app team on the outputs of the stack, in the cluster as the editors of its namespace.

Real: the engine, the state, both programs, the outputs, the access entry's group. The in-memory cluster looks up the
roles of the stack for every write; what the provider reads while it waits is checked by the real API server only.
"""

import json
from collections.abc import Iterator

import pytest

from local.engine.runs import RunFailedError
from local.engine.session import Session
from local.providers.kubernetes.kept_cluster import Cluster
from local.providers.kubernetes.objects import Identity
from local.world import tenants
from local.world.tenants import User
from local.world.world import OWNED, World
from tests.support.engine.world import world

ROLE = f"arn:aws:iam::{OWNED['111122223333']}:role/shop-team"
ROUTES = "virtualservices"
MADE = {
    "AuthorizationPolicy shop/catalog",
    "Deployment shop/catalog-v1",
    "DestinationRule shop/catalog",
    "PodDisruptionBudget shop/catalog",
    "Service shop/catalog",
    "ServiceAccount shop/catalog",
    "VirtualService shop/catalog",
}


@pytest.fixture(scope="module")
def prod() -> Iterator[World]:
    with world("prod") as made:
        made.session.up()
        yield made


@pytest.fixture
def team(prod: World) -> Iterator[Session]:
    """Reads the parameter, as its stack file says; gone with the test."""
    with tenants.beside(prod, tenants.in_memory(prod, User.of(prod, ROLE)), stack="prod") as session:
        yield session
        session.destroy()
    assert not MADE & texts(prod)


def texts(world: World) -> set[str]:
    return {each.text for each in world.cluster.cluster.objects()}


def test_the_example_comes_up_as_the_editors_of_its_namespace(prod: World, team: Session) -> None:
    before = texts(prod)
    team.up()
    assert texts(prod) - before == MADE
    assert team.preview().changes() == []
    assert team.outputs() == {
        "url": "https://shop.localhost/details/0",
        "principal": "cluster.local/ns/shop/sa/catalog",
    }


def test_it_uses_what_the_stack_put_out(prod: World, team: Session) -> None:
    team.up()
    outputs, found = prod.session.outputs(), prod.cluster.cluster.objects()
    networking, security = "networking.istio.io", "security.istio.io"
    route = found[Identity(networking, "VirtualService", "shop", "catalog")]["spec"]
    assert route["gateways"] == [outputs["gateways"]["public"]["gateway"]]
    assert route["hosts"] == ["shop.localhost"]
    policy = found[Identity(security, "AuthorizationPolicy", "shop", "catalog")]["spec"]
    allowed = [each["from"][0]["source"]["principals"] for each in policy["rules"]]
    assert allowed == [[outputs["gateways"]["public"]["principal"]], ["cluster.local/ns/shop/sa/frontend"]]
    pod = found[Identity("apps", "Deployment", "shop", "catalog-v1")]["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == outputs["appNodes"]["labels"]


def test_the_stack_reference_says_the_same_as_the_parameter(team: Session) -> None:
    team.up()
    team.change({"parameter": None, "platform": "organization/istio-eks/prod"})
    changes = [step.name for step in team.up().changes() if not step.type.startswith("pulumi:providers:")]
    assert changes == []


def test_nothing_secret_comes_over(team: Session) -> None:
    team.up()
    assert "[secret]" not in team.cli("stack", "export").stdout
    assert json.loads(team.cli("stack", "output", "--json").stdout)["url"].startswith("https://")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"namespace": "checkout"}, "The parameter /istio-eks-prod/contract has no output namespaces.checkout"),
        ({"gateway": "inside"}, "has no output gateways.inside: it has public"),
        ({"host": "bookinfo.localhost"}, "may claim shop.localhost, not bookinfo.localhost"),
        ({"parameter": "/istio-eks-dev/contract"}, "The parameter /istio-eks-dev/contract cannot be read"),
        ({"parameter": None, "platform": "organization/istio-eks/none"}, 'unknown stack "organization/istio-eks/none"'),
        ({"parameter": None}, "Where is the platform's contract?"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_made(
    prod: World, team: Session, settings: dict[str, object], said: str
) -> None:
    before = texts(prod)
    team.change(settings)
    with pytest.raises(RunFailedError) as failed:
        team.up()
    assert said in " ".join(failed.value.run.text.split())
    assert "Traceback" not in failed.value.run.text
    assert texts(prod) == before


def test_a_right_that_the_editors_do_not_have_is_missed(prod: World, team: Session) -> None:
    """Negative control: without its rule the role no longer lets them route."""
    cluster = prod.cluster.cluster
    assert isinstance(cluster, Cluster)
    role = cluster.objects()[Identity("rbac.authorization.k8s.io", "Role", "shop", "editors")]
    less = [rule | {"resources": [each for each in rule["resources"] if each != ROUTES]} for rule in role["rules"]]
    cluster.update(role | {"rules": less}, role)
    try:
        with pytest.raises(RunFailedError, match=f'cannot get resource "{ROUTES}" in API group'):
            team.up()
    finally:
        cluster.update(role, role)


def test_without_an_access_entry_nobody_gets_in(prod: World) -> None:
    with pytest.raises(LookupError, match="has no access entry"):
        User.of(prod, ROLE + "-other")


def test_another_namespace_is_closed_to_them(prod: World) -> None:
    target = tenants.in_memory(prod, User.of(prod, ROLE))
    with tenants.beside(prod, target, stack="prod") as session:
        session.change({"namespace": "bookinfo", "host": "bookinfo.localhost"})
        with pytest.raises(RunFailedError, match="no output namespaces"):
            session.up()
