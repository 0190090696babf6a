"""`istioctl analyze` over both stacks: every remark is one that is known, with the reason why it stays."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from local.world.mesh import Mesh
from tests.support.mesh import live


@dataclass(frozen=True, order=True)
class Remark:
    """What is said, of what."""

    code: str
    origin: str
    part: str = ""


# Kubernetes' own namespace, and those of ours that carry no label of injection, on purpose.
UNINJECTED = ("default", "gateway-public", "istio-cni")
BOTH: Mapping[Remark, str] = {
    Remark("IST0133", "Sidecar istio-system/default", "duplicated egress host: istio-system/*"): (
        "In the root namespace ./* stands for the namespace of each proxy; the check reads it as istio-system's own."
    ),
    Remark("IST0146", "Deployment gateway-public/gateway-public", "does not match any Istio injection webhook"): (
        "It looks for a webhook by the namespace's labels; the pods' own label istio.io/rev chooses theirs."
    ),
    **{
        Remark("IST0102", f"Namespace {name}", "is not enabled for Istio injection"): (
            "Nothing of an application runs there; a gateway's pods ask for their proxy by their own labels."
        )
        for name in UNINJECTED
    },
}
KNOWN: Mapping[str, Mapping[Remark, str]] = {
    "dev": BOTH,
    "prod": {
        **BOTH,
        Remark("IST0127", "AuthorizationPolicy shop/deny-by-default", "No matching workloads"): (
            "The namespace is denied before its team deploys anything."
        ),
    },
}


def analyzed(mesh: Mesh) -> list[dict[str, str]]:
    plane = mesh.control_plane
    done = plane.istioctl("analyze", "--all-namespaces", "--output", "json", "--kubeconfig", str(plane.kubeconfig))
    # 79 is what it ends with for errors; those are in the list, too.
    assert done.returncode in (0, 79), done.stderr
    said: list[dict[str, str]] = json.loads(done.stdout or "[]")
    return said


def known(mesh: Mesh, said: Mapping[str, str]) -> Remark | None:
    for each in KNOWN[mesh.world.session.stack]:
        if (each.code, each.origin) == (said["code"], said["origin"]) and each.part in said["message"]:
            return each
    return None


def news(mesh: Mesh) -> list[tuple[str, str]]:
    """Codes and objects that are not on the list."""
    return [(each["code"], each["origin"]) for each in analyzed(mesh) if known(mesh, each) is None]


def test_the_analysis_says_nothing_that_is_not_on_the_list(stack: Mesh) -> None:
    assert news(stack) == []


def test_the_list_holds_nothing_that_is_no_longer_said(stack: Mesh) -> None:
    assert {known(stack, each) for each in analyzed(stack)} == set(KNOWN[stack.world.session.stack])


def test_a_route_to_a_subset_that_nobody_defines_is_found(dev: Mesh) -> None:
    """Negative control: it does read our objects."""
    with live.without(dev, "networking.istio.io/v1", "DestinationRule", "reviews", "bookinfo"):
        assert set(news(dev)) == {("IST0101", "VirtualService bookinfo/reviews")}
    assert news(dev) == []
