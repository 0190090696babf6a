"""The whole program, both stacks: what is there, protected, secret, tagged and tolerated."""

import datetime
import json
from typing import Any

import pulumi
import pytest

from components.cluster import nodes
from components.settings import names
from ops.offline.document import SECRET
from ops.offline.monitor import UNKNOWN
from tests.support.days import TODAY
from tests.support.unit import harness, snapshots, x509
from tests.support.unit.answers import Answered
from tests.support.unit.certificate_settings import authority
from tests.support.unit.harness import texts
from tests.support.unit.recorded import Stack

DAY = datetime.timedelta(days=1)

# AWS resources without tags of their own.
UNTAGGED = {
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/alias:Alias",
}


@pytest.fixture(scope="module", params=["dev", "prod"])
def updated(request: pytest.FixtureRequest) -> Stack:
    return harness.update(request.param, harness.owned(request.param))


@pytest.mark.parametrize("file", ["urns-dev.txt", "urns-prod.txt", "dev-to-prod.txt"])
def test_a_committed_list_changes_on_purpose(file: str) -> None:
    assert (snapshots.FOLDER / file).read_text() == snapshots.expected()[file], snapshots.REFRESH


def test_prod_protects_single_resources_and_no_component(prod: Stack) -> None:
    protected = {(node.resource["type"].split(":")[-1], node.name) for node in prod.nodes if node.options["protect"]}
    assert protected == {
        ("Vpc", "network"),
        ("PrivateKey", "mesh-certificate-authority-root-1"),
        ("PrivateKey", "mesh-certificate-authority-intermediate-1"),
        ("LoadBalancer", "gateway-public"),
        ("TargetGroupBinding", "gateway-public-80"),
        ("TargetGroupBinding", "gateway-public-tls"),
        ("ConfigMap", "destroy-guard"),
    }
    assert prod.one("eks:index:Cluster", "cluster").inputs["deletionProtection"] is True
    assert prod.of_type("aws:lb/loadBalancer:LoadBalancer")[0].inputs["enableDeletionProtection"] is True


def test_dev_protects_nothing(dev: Stack) -> None:
    assert [node.urn for node in dev.nodes if node.options["protect"]] == []


def test_cacerts_is_secret_as_a_whole(stack: Stack) -> None:
    assert stack.secret(names.CA_SECRET).inputs["stringData"] == SECRET


def test_no_key_is_in_plain_sight(updated: Stack) -> None:
    shown = json.dumps(updated.document)
    assert "PRIVATE KEY" not in shown
    assert x509.private_key_pem()[30:60] not in shown


def test_a_key_in_plain_sight_would_be_seen() -> None:
    """Negative control: an unwrapped key shows in the document."""

    def leaks() -> None:
        import pulumi_kubernetes as kubernetes
        import pulumi_tls as tls

        key = tls.PrivateKey("key", algorithm="RSA")
        kubernetes.core.v1.ConfigMap("leak", data={"key": key.private_key_pem})

    assert "PRIVATE KEY" in json.dumps(harness.component(leaks, answers=Answered()).document)


def test_every_aws_resource_carries_the_tags(prod: Stack) -> None:
    untagged = [
        node.urn
        for node in prod.nodes
        if node.resource["type"].startswith("aws:")
        and node.resource["type"] not in UNTAGGED
        and node.inputs.get("tags", {}).get("environment") != "prod"
    ]
    assert untagged == []


@pytest.mark.parametrize("chart", ["istiod", "gateway", names.CONTROLLER_NAME])
def test_releases_needed_before_untainting_run_on_system_nodes(stack: Stack, chart: str) -> None:
    releases = [node for node in stack.of_type("kubernetes:helm.sh/v3:Release") if node.inputs["chart"] == chart]
    assert releases
    for release in releases:
        assert_on_system_nodes(release.inputs["values"])


@pytest.mark.parametrize("name", ["coredns", "metrics-server"])
def test_addons_needed_before_untainting_run_on_system_nodes(stack: Stack, name: str) -> None:
    found = [n for n in stack.of_type("aws:eks/addon:Addon") if n.inputs["addonName"] == name]
    assert_on_system_nodes(json.loads(found[0].inputs["configurationValues"]))


def assert_on_system_nodes(values: dict[str, Any]) -> None:
    tolerated = {(each["key"], each["effect"]) for each in values["tolerations"]}
    assert ("CriticalAddonsOnly", "NoSchedule") in tolerated
    assert values["nodeSelector"] == nodes.SYSTEM_SELECTOR


def test_releases_have_fixed_names_and_versions(stack: Stack) -> None:
    for release in stack.of_type("kubernetes:helm.sh/v3:Release"):
        assert {"name", "version", "namespace", "timeout"} <= release.inputs.keys()
        assert release.inputs["timeout"] >= 600
        assert not release.inputs.get("skipAwait", False)


def test_a_changed_secret_stays_in_place(stack: Stack) -> None:
    provider = stack.one("pulumi:providers:kubernetes", "cluster-kubernetes")
    assert provider.inputs["enableSecretMutable"] in (True, "true")


def test_nothing_is_left_open_in_an_update(updated: Stack) -> None:
    """With every provider answering, no input and no output stays unknown."""
    unknown = [node.urn for node in updated.nodes if UNKNOWN in texts(node.inputs)]
    assert unknown == []
    assert UNKNOWN not in texts(updated.outputs)


def test_no_name_is_given_twice(stack: Stack) -> None:
    objects = [
        (node.resource["type"], node.inputs["metadata"].get("namespace"), node.inputs["metadata"]["name"])
        for node in stack.nodes
        if "metadata" in node.inputs
    ]
    assert len(objects) == len(set(objects))


def test_placeholders_refuse_an_update_before_its_first_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Answered, "resource", lambda self, args, engine: asked.append(args.name))
    with pytest.raises(pulumi.RunError, match="111122223333"):
        harness.update("prod")
    assert asked == []


def test_an_existing_network_gives_the_same_outputs() -> None:
    existing = {
        "vpcId": "vpc-0a",
        "privateSubnetIds": ["subnet-0a", "subnet-0b"],
        "publicSubnetIds": ["subnet-0c", "subnet-0d"],
    }
    stack = harness.preview("dev", {"istio-eks:network": json.dumps({"existing": existing})})
    assert stack.outputs["vpcId"] == "vpc-0a"
    assert stack.outputs["publicSubnetIds"] == existing["publicSubnetIds"]
    assert stack.of_type("aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet") == []


def test_a_phase_that_is_skipped_is_refused_against_the_last_outputs() -> None:
    updated = harness.update("dev")
    trusted = harness.update("dev", authority([1, 2], 1), last_outputs=updated.outputs, today=TODAY + DAY)
    assert harness.update("dev", authority([1, 2], 2), last_outputs=trusted.outputs, today=TODAY + 2 * DAY)
    with pytest.raises(pulumi.RunError, match="would sign before workloads trust it"):
        harness.update("dev", authority([1, 2], 2), last_outputs=updated.outputs, today=TODAY + 2 * DAY)


def test_a_phase_that_comes_too_early_is_refused_against_the_last_outputs() -> None:
    updated = harness.update("dev")
    trusted = harness.update("dev", authority([1, 2], 1), last_outputs=updated.outputs, today=TODAY + DAY)
    assert trusted.outputs["certificates"]["since"] == {
        "trusted": "2026-11-23T00:00:00Z",
        "signing": "2026-11-22T00:00:00Z",
    }
    with pytest.raises(pulumi.RunError, match="Let 2 sign from 2026-11-23 01:00 UTC on"):
        harness.update("dev", authority([1, 2], 2), last_outputs=trusted.outputs, today=TODAY + DAY)


def test_a_first_preview_knows_every_date_and_no_moment() -> None:
    certificates = harness.preview("dev").outputs["certificates"]
    assert certificates["since"] == UNKNOWN
    assert UNKNOWN not in texts({key: value for key, value in certificates.items() if key != "since"})


def version(wanted: str, canary: str | None = None) -> dict[str, str]:
    mesh = json.loads(harness.config("dev")["istio-eks:mesh"])
    return {"istio-eks:mesh": json.dumps({**mesh, "version": wanted, "canaryVersion": canary})}


def test_an_istiod_with_proxies_is_not_removed() -> None:
    """Every version is an istiod of its own: changed in one step, the old one would leave its proxies alone."""
    before = harness.update("dev", version("1.31.1")).outputs
    with pytest.raises(pulumi.RunError, match=r"removes the istiod of 1\.31\.1"):
        harness.update("dev", version("1.31.2"), last_outputs=before)
    beside = harness.update("dev", version("1.31.1", "1.31.2"), last_outputs=before).outputs
    swapped = harness.update("dev", version("1.31.2", "1.31.1"), last_outputs=beside).outputs
    assert harness.update("dev", version("1.31.2"), last_outputs=swapped).outputs["istioVersion"] == "1.31.2"
