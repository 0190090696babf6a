"""What examples/bootstrap gives cloud previews in a cluster fits what the platform has there."""

from typing import Any

import pytest

from tests.support.unit import bootstrap

# Kinds that a preview compares with what it reads.
NEVER_PATCHED = {
    "ClusterRole",
    "ClusterRoleBinding",
    "MutatingWebhookConfiguration",
    "Role",
    "RoleBinding",
    "Secret",
    "ValidatingWebhookConfiguration",
}


def rules(name: str) -> list[dict[str, Any]]:
    (role,) = [m for m in bootstrap.manifests() if m["kind"] == "ClusterRole" and m["metadata"]["name"] == name]
    found: list[dict[str, Any]] = role["rules"]
    return found


def plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith(("cy", "ry")):
        return f"{lower[:-1]}ies"
    return f"{lower}s"


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_previews_may_read_every_kind_of_the_platform_and_patch_what_is_harmless(name: str) -> None:
    platform = bootstrap.platform(name)
    found = {
        (each.inputs["apiVersion"], each.inputs["kind"])
        for each in platform.nodes
        if each.resource["type"].startswith("kubernetes:") and "kind" in each.inputs
    }
    for version, kind in found - {("v1", "Secret")}:
        group = version.rpartition("/")[0]
        (rule,) = [
            r for r in rules("istio-eks:previews") if [group] == r["apiGroups"] and plural(kind) in r["resources"]
        ]
        assert {"get", "list", "watch"} <= set(rule["verbs"]), kind
        assert ("patch" in rule["verbs"]) is (kind not in NEVER_PATCHED), kind


def test_no_rule_of_previews_is_a_pattern_or_a_way_into_a_pod() -> None:
    for rule in [*rules("istio-eks:previews"), *rules("istio-eks:previews-secrets")]:
        assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]
        assert not [each for each in rule["resources"] if "/" in each]


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_previews_read_secrets_where_releases_and_the_platforms_own_are(name: str) -> None:
    bound = {m["metadata"]["namespace"] for m in bootstrap.manifests() if m["kind"] == "RoleBinding"}
    platform = bootstrap.platform(name)
    releases = {node.inputs["namespace"] for node in platform.of_type("kubernetes:helm.sh/v3:Release")}
    secrets = {node.inputs["metadata"]["namespace"] for node in platform.of_type("kubernetes:core/v1:Secret")}
    assert releases | secrets <= bound
