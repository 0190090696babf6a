"""What docs/settings.md says of a changed setting is what the offline diff finds."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.charts.values import merge
from components.settings import Settings
from ops.diff import resources
from ops.diff.changes import Kind
from ops.docs import settings
from ops.docs.changing import CHANGING, IN_PLACE, NEVER, REPLACES, SEE_PREVIEW, WORDS
from tests.support.unit import harness
from tests.support.unit.recorded import Stack

NODES = "cluster.nodes.{system,apps}"
NODE_GROUP = "eks:index:ManagedNodeGroup"
WEBHOOK = "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration"


def test_every_setting_has_a_word_and_no_setting_is_stale() -> None:
    assert {row.path for row in settings.rows(Settings)} == CHANGING.keys()


def test_every_entry_begins_with_one_of_the_words() -> None:
    assert [each for each in CHANGING.values() if not each.startswith(WORDS)] == []


def changed(base: Stack, key: str, value: Any) -> dict[str, Kind]:
    """Kind of change by resource type, of dev with one top-level key merged over its own."""
    full = f"istio-eks:{key}"
    old = json.loads(harness.config("dev").get(full) or "{}")
    new = merge(old, value) if isinstance(value, Mapping) else value
    head = harness.preview("dev", {full: json.dumps(new)})
    return {each.type: each.kind for each in resources.changes(base.document, head.document)}


@pytest.mark.parametrize(
    ("path", "key", "value", "replaced"),
    [
        ("network.flowLogs.traffic", "network", {"flowLogs": {"traffic": "rejected"}}, "aws:ec2/flowLog:FlowLog"),
        (f"{NODES}.instanceTypes", "cluster", {"nodes": {"apps": {"instanceTypes": ["m6i.xlarge"]}}}, NODE_GROUP),
        (f"{NODES}.capacity", "cluster", {"nodes": {"apps": {"capacity": "spot"}}}, NODE_GROUP),
        ("mesh.tag", "mesh", {"tag": "other"}, WEBHOOK),
        ("gateways.<name>.scheme", "gateways", {"public": {"scheme": "internal"}}, "aws:lb/loadBalancer:LoadBalancer"),
    ],
)
def test_what_is_said_to_replace_replaces(dev: Stack, path: str, key: str, value: Any, replaced: str) -> None:
    assert CHANGING[path].startswith(REPLACES)
    assert changed(dev, key, value)[replaced] is Kind.REPLACED


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (f"{NODES}.diskGib", "cluster", {"nodes": {"apps": {"diskGib": 80}}}),
        ("mesh.trustDomain", "mesh", {"trustDomain": "mesh.example.org"}),
        ("gateways.<name>.clientIp", "gateways", {"public": {"clientIp": "proxy-protocol"}}),
        ("gateways.<name>.idleTimeoutSeconds", "gateways", {"public": {"idleTimeoutSeconds": 600}}),
        ("tags", "tags", {"team": "other"}),
    ],
)
def test_what_is_said_to_stay_in_place_does(dev: Stack, path: str, key: str, value: Any) -> None:
    assert CHANGING[path].startswith(IN_PLACE)
    kinds = set(changed(dev, key, value).values())
    assert kinds
    assert not kinds & {Kind.REPLACED, Kind.REMOVED}


def test_another_range_of_the_vpc_replaces_nearly_everything(dev: Stack) -> None:
    assert CHANGING["network.cidr"].startswith(NEVER)
    assert changed(dev, "network", {"cidr": "10.8.0.0/16"})["aws:ec2/vpc:Vpc"] is Kind.REPLACED


def test_values_that_go_to_a_chart_are_left_to_the_preview() -> None:
    assert {CHANGING[path] for path in CHANGING if ".values." in path} == {SEE_PREVIEW}
