"""Rules about namespaces."""

import pytest

from components.settings import Bookinfo, Cluster, Gateway, Settings
from components.settings.registry import Context
from components.stack import rules
from tests.support.days import TODAY
from tests.support.unit.namespace_settings import ANA, BEN, namespace, stack
from tests.support.unit.rule_case import ADMIN, Case, check


def listed(*namespaces: object) -> dict[str, object]:
    return {"namespaces": list(namespaces)}


CASES = [
    Case(
        rule="namespaces.unique_names",
        changes=listed({"name": "shop"}, {"name": "shop"}),
        key="namespaces[1].name",
        says="already the name of namespaces[0]",
    ),
    Case(
        rule="namespaces.unreserved_names",
        changes=listed({"name": "istio-system"}),
        key="namespaces[0].name",
        says="reserved for Kubernetes, Istio or this stack",
    ),
    Case(
        rule="namespaces.reachable_calls",
        changes=listed({"name": "shop", "calls": ["nowhere/api"]}),
        key="namespaces[0].calls[0]",
        says="",
    ),
    Case(
        rule="namespaces.single_entry",
        changes={**listed({"name": "shop", "editors": [ADMIN]}), "cluster": {"admins": [ADMIN]}},
        key="namespaces[0].editors[0]",
        says="cluster.admins",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


def problems(settings: Settings) -> dict[str, str]:
    """Reason by key, over every rule of namespaces."""
    asked = Context(settings=settings, region="us-west-2", today=TODAY)
    return {found.key: found.reason for found in rules.problems(asked, subjects={"namespaces"})}


def test_good_settings_pass() -> None:
    shop = namespace(
        name="shop",
        editors=(ANA,),
        kubernetesApi=True,
        calls=(
            "web/cart",
            "shop/*",
            "bookinfo/details",
            "gateway-public/*",
            "api.example.org:443",
            "*.example.org:80",
            "db.example.org:5432",
            "metrics.monitoring.svc.cluster.local:9090",
        ),
    )
    settings = stack(
        shop,
        namespace(name="web", editors=(ANA,)),
        gateways={"public": Gateway()},
        cluster=Cluster(admins=(BEN,)),
    )
    assert problems(settings) == {}


def test_a_namespace_is_listed_once() -> None:
    found = problems(stack(namespace(name="shop"), namespace(name="web"), namespace(name="shop")))
    assert found == {
        "namespaces[2].name": "is already the name of namespaces[0]: a namespace has one entry.",
    }


@pytest.mark.parametrize("name", ["kube-system", "istio-system", "gateway-public", "default", "bookinfo"])
def test_names_that_are_taken(name: str) -> None:
    found = problems(stack(namespace(name=name)))
    assert found == {"namespaces[0].name": "is reserved for Kubernetes, Istio or this stack."}


def test_without_the_sample_its_name_is_free() -> None:
    assert problems(stack(namespace(name="bookinfo"), bookinfo=Bookinfo(enabled=False))) == {}


@pytest.mark.parametrize(
    ("cluster", "where"),
    [
        (Cluster(deployer=ANA), "cluster.deployer"),
        (Cluster(admins=(ANA,)), "cluster.admins"),
        (Cluster(viewers=(ANA,)), "cluster.viewers"),
    ],
)
def test_an_editor_is_nothing_else(cluster: Cluster, where: str) -> None:
    found = problems(stack(namespace(name="shop", editors=(BEN, ANA)), cluster=cluster))
    assert list(found) == ["namespaces[0].editors[1]"]
    assert found["namespaces[0].editors[1]"].startswith(f"is also listed in {where}: EKS keeps one access entry")


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("stock/api", "names stock, which is not a namespace of the mesh"),
        ("bookinfo/details", "names bookinfo, which is not a namespace of the mesh"),
        ("kube-system/kube-dns", "names kube-system, which is not a namespace"),
        ("api.example.org:0", "has a port outside the range 1 to 65535"),
        ("api.example.org:65536", "has a port outside the range 1 to 65535"),
        ("*.example.org:5432", "is a wildcard on a port where the proxy sees no host name"),
        ("10.0.0.7:5432", "is not a fully qualified DNS name"),
        ("database:5432", "is not a fully qualified DNS name"),
        ("*:443", "is not a fully qualified DNS name"),
        ("*api.example.org:443", "is not a fully qualified DNS name"),
        ("api..example.org:443", "is not a fully qualified DNS name"),
        ("cart.shop.svc.cluster.local:80", "is a service of the mesh"),
        ("cart.shop.svc:80", "is a service of the mesh"),
    ],
)
def test_calls_that_lead_nowhere(call: str, reason: str) -> None:
    found = problems(stack(namespace(name="shop", calls=(call,)), bookinfo=Bookinfo(enabled=False)))
    assert list(found) == ["namespaces[0].calls[0]"]
    assert found["namespaces[0].calls[0]"].startswith(reason)
