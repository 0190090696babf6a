"""What a namespace's editors may do, and who they are."""

import pytest

from components.cluster import access
from components.namespaces import editors
from components.settings import Cluster
from tests.support.unit.namespace_settings import ANA, namespace


def test_a_namespace_without_editors_grants_nothing() -> None:
    assert editors.objects(namespace(name="shop")) == ()


def test_the_group_of_the_access_entry_is_bound_to_the_role() -> None:
    role, binding = editors.objects(namespace(name="shop", editors=(ANA,)))
    [entry] = access.entries(Cluster(), [namespace(name="shop", editors=(ANA,))])
    assert [subject["name"] for subject in binding["subjects"]] == list(entry.groups)
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert role["metadata"]["namespace"] == binding["metadata"]["namespace"] == "shop"


@pytest.mark.parametrize(
    "resource",
    [
        "secrets",
        "pods/exec",
        "pods/portforward",
        "serviceaccounts/token",
        "namespaces",
        "roles",
        "rolebindings",
        "targetgroupbindings",
        "gateways",
        "envoyfilters",
        "*",
    ],
)
def test_what_editors_never_get(resource: str) -> None:
    granted = {name for _, resources, _ in editors.RULES for name in resources}
    assert resource not in granted
    assert "services" in granted


def test_what_the_platform_decides_editors_may_only_read() -> None:
    read_only = {"sidecars", "serviceentries", "peerauthentications"}
    for _, resources, verbs in editors.RULES:
        if read_only & set(resources):
            assert set(verbs) == {"get", "list", "watch"}


@pytest.mark.parametrize(
    ("group", "resource"),
    [
        ("apps", "deployments"),
        ("", "services"),
        ("networking.istio.io", "virtualservices"),
        ("networking.istio.io", "destinationrules"),
        ("security.istio.io", "authorizationpolicies"),
        ("security.istio.io", "requestauthentications"),
    ],
)
def test_what_editors_edit(group: str, resource: str) -> None:
    [verbs] = [verbs for api, resources, verbs in editors.RULES if api == group and resource in resources]
    assert {"create", "update", "patch", "delete"} <= set(verbs)
