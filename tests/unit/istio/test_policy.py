"""What holds for the whole mesh."""

from typing import Any

import pytest

from components.istio import policy
from components.istio.component_policy import MeshPolicy, MeshPolicyArgs
from components.settings import names
from tests.support.unit import harness
from tests.support.unit.mesh_settings import mesh


def _one(kind: str, mode: policy.AccessLogs = "all") -> dict[str, Any]:
    [found] = [manifest for manifest in policy.mesh(mode) if manifest["kind"] == kind]
    return found


def test_everything_mesh_wide_stands_in_the_root_namespace() -> None:
    assert {manifest["metadata"]["namespace"] for manifest in policy.mesh("all")} == {names.ISTIO_SYSTEM}


def test_plain_text_is_refused_everywhere() -> None:
    assert _one("PeerAuthentication")["spec"] == {"mtls": {"mode": "STRICT"}}


def test_the_root_namespace_denies_nobody() -> None:
    kinds = {manifest["kind"] for manifest in policy.mesh("all")}
    assert kinds == {"PeerAuthentication", "Sidecar", "Telemetry"}


def test_a_proxy_knows_its_own_namespace_and_the_control_plane_only() -> None:
    assert _one("Sidecar")["spec"] == {"egress": [{"hosts": ["./*", "istio-system/*"]}]}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("all", {}),
        ("errors", {"filter": {"expression": policy.ERRORS}}),
        ("none", {"disabled": True}),
    ],
)
def test_access_logs(mode: policy.AccessLogs, expected: dict[str, Any]) -> None:
    assert _one("Telemetry", mode)["spec"] == {"accessLogging": [{"providers": [{"name": "envoy"}], **expected}]}


def test_the_denying_policy_matches_nothing() -> None:
    assert policy.deny_by_default("shop")["spec"] == {}


def test_an_allow_names_workload_callers_and_operations() -> None:
    allowed = policy.allow("shop", "cart", ["cluster.local/ns/web/sa/web"], [{"methods": ["GET"]}])
    assert allowed["metadata"] == {"name": "cart", "namespace": "shop"}
    assert allowed["spec"] == {
        "selector": {"matchLabels": {"app": "cart"}},
        "action": "ALLOW",
        "rules": [
            {
                "from": [{"source": {"principals": ["cluster.local/ns/web/sa/web"]}}],
                "to": [{"operation": {"methods": ["GET"]}}],
            }
        ],
    }


def test_the_component_applies_the_policy_as_designed() -> None:
    stack = harness.component(lambda: MeshPolicy("mesh-policy", MeshPolicyArgs(mesh=mesh(accessLogs="errors"))))
    for manifest in policy.mesh("errors"):
        node = stack.kubernetes(manifest["kind"], manifest["metadata"]["name"], names.ISTIO_SYSTEM)
        assert node.inputs == manifest
    assert stack.component("mesh-policy").inputs == {"accessLogs": "errors"}
