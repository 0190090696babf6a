"""Changes of the committed stacks that a reviewer has to understand at once."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ops.diff import markdown
from ops.diff.changes import Comparison, Kind, Replacement
from ops.diff.charts import Release
from ops.diff.report import Report, Side, Status
from tests.support.unit import diff_world as world

CERTIFICATES: dict[str, Any] = {
    "root": {"generations": [{"number": 1, "issued": "2026-11-01"}], "signing": 1},
    "intermediate": {
        "generations": [{"number": 1, "issued": "2026-11-01"}, {"number": 2, "issued": "2026-11-20"}],
        "signing": 1,
    },
}


def rules(comparison: Comparison) -> set[str]:
    return {risk.rule for risk in comparison.risks}


def told(comparison: Comparison, rule: str) -> list[str]:
    return [f"{risk.subject}: {risk.told}" for risk in comparison.risks if risk.rule == rule]


def names(comparison: Comparison, kind: Kind) -> set[str]:
    return {each.name for each in comparison.resources if each.kind is kind}


def report(*stacks: Comparison) -> Report:
    return Report(
        base=Side(name="main", commit="0" * 40),
        head=Side(name="the work tree", commit=None),
        stacks=stacks,
        notes=(),
        again="python -m ops diff --base main --limit 0",
    )


def test_a_change_that_only_moves_the_revision_tag() -> None:
    both = world.planned("dev", "mesh", version="1.31.1", canaryVersion="1.31.2")
    moved = world.planned("dev", "mesh", version="1.31.2", canaryVersion="1.31.1")
    found = world.compared(both, moved)
    assert not names(found, Kind.ADDED) | names(found, Kind.REMOVED) | names(found, Kind.REPLACED)
    assert "mesh-istio-tag" in names(found, Kind.CHANGED)
    assert "webhook-or-tag-moves" in rules(found)
    assert not rules(found) & {"state-is-lost", "running-istiod-goes", "version-skips-a-minor"}
    assert "istiod-1-31-2 instead of istiod-1-31-1" in " ".join(told(found, "webhook-or-tag-moves"))


def test_a_change_that_lets_a_new_intermediate_sign() -> None:
    signing = {**CERTIFICATES, "intermediate": {**CERTIFICATES["intermediate"], "signing": 2}}
    found = world.compared(
        world.planned("prod", "mesh", certificates=CERTIFICATES), world.planned("prod", "mesh", certificates=signing)
    )
    assert "intermediate 2: signs instead of 1." in told(found, "certificate-authority-changes")
    assert "cacerts-changes" in rules(found)
    assert not rules(found) & {"state-is-lost", "replacement-is-unknown", "urn-changes-without-alias"}


def test_a_change_that_shrinks_a_cidr() -> None:
    found = world.compared(world.planned("prod"), world.planned("prod", "network", cidr="10.0.0.0/18"))
    replaced = {each.label: each for each in found.resources if each.kind is Kind.REPLACED}
    assert replaced["network (Vpc)"].replacement is Replacement.YES
    assert replaced["network-routes-private-us-west-2a (RouteTable)"].follows == ("network",)
    lost = told(found, "state-is-lost")
    assert any(each.startswith("network (Vpc): is replaced: it is protected") for each in lost)
    assert any(
        each.startswith("cluster (Cluster): may be replaced together with network")
        for each in told(found, "replacement-is-unknown")
    )


@pytest.mark.parametrize("endpoint", [{"public": True, "publicCidrs": ["198.18.0.0/24"]}, {"public": False}])
def test_a_change_of_the_cluster_that_updates_in_place(endpoint: dict[str, Any]) -> None:
    found = world.compared(world.planned("dev"), world.planned("dev", "cluster", endpoint=endpoint))
    assert "cluster" in names(found, Kind.CHANGED)
    assert not names(found, Kind.REPLACED)
    assert rules(found) == set()


def test_a_change_that_removes_a_gateway() -> None:
    two = {"public": {"hosts": ["bookinfo/*"]}, "inner": {"hosts": ["shop/shop.acme.dev"], "scheme": "internal"}}
    before = world.planned("dev", "gateways", **two)
    found = world.compared(before, world.planned("dev"))
    assert {"gateway-inner", "gateway-inner-80"} <= names(found, Kind.REMOVED)
    assert not names(found, Kind.ADDED)
    assert {"state-is-lost", "way-in-goes", "contract-is-broken"} <= rules(found)
    assert "gateways.inner: is removed: stacks that deploy to it or route through it break." in told(
        found, "contract-is-broken"
    )


@pytest.mark.parametrize("aliased", [True, False])
def test_a_change_that_renames_a_component(aliased: bool) -> None:
    before = world.planned("dev")
    named = json.dumps(before).replace("Network::network", "Network::net").replace("network-", "net-")
    after = json.loads(named.replace('"name": "network"', '"name": "net"').replace("::network", "::net"))
    (component,) = [each for each in after["resources"] if each["type"] == "istio-eks:network:Network"]
    assert component["name"] == "net"
    if aliased:
        component["options"]["aliases"] = [{"spec": {"name": "network"}}]
    found = world.compared(before, after)
    assert ("urn-changes-without-alias" in rules(found)) is not aliased
    assert ("state-is-lost" in rules(found)) is not aliased
    if not aliased:
        subject, what = told(found, "urn-changes-without-alias")[0].split(": ", 1)
        assert subject == "network \u2192 net"
        assert int(what.split()[0]) > 20


def test_a_new_stack_and_a_removed_one_are_told_apart() -> None:
    new, removed = world.compared(None, world.planned("dev")), world.compared(world.planned("dev"), None)
    assert (rules(new), rules(removed)) == (set(), {"stack-is-dropped"})
    assert (new.outputs, removed.outputs, new.releases, removed.releases) == ((), (), (), ())
    page = markdown.report(report(new))
    assert "a new stack of" in page
    assert "**removed**" not in markdown.report(report(removed))


def manifests(lines: int, value: str) -> Iterator[str]:
    """Objects as large as Istio's CRDs and mesh configs, all lines different."""
    for number in range(10):
        data = {f"key-{each}": f"{value} {each} `and` </details> {'x' * 40}" for each in range(lines // 10)}
        metadata = {"name": f"large-{number}", "labels": {"helm.sh/chart": value}}
        yield yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def test_10000_lines_of_rendered_diff_fit_in_a_comment_and_in_time() -> None:
    texts = ["---\n".join(manifests(10_000, value)) for value in ("old", "new")]

    def old(release: Release) -> str:
        return texts[0]

    def new(release: Release) -> str:
        return texts[1]

    before = world.planned("dev")
    began = time.monotonic()
    found = world.compared(before, before, renders=(old, new))
    page = markdown.report(report(found, found))
    spent = time.monotonic() - began
    lines = sum(len(each.lines) for release in found.releases for each in release.manifests or ())
    assert lines > 10_000
    assert len(page.encode()) <= markdown.COMMENT
    assert "Shortened to fit a comment" in page
    assert "`python -m ops diff --base main --limit 0`" in page
    assert page.count("<details") == page.count("</details>\n")
    assert report(found).status is Status.CHANGES
    # Far below what a runner gives a job; a quadratic comparison takes minutes.
    assert spent < 60
