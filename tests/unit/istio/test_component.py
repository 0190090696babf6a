"""What the control plane registers, and in which order."""

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components import settings
from components.istio.component_istio import Istio, IstioArgs
from components.istio.component_namespaces import SystemNamespaces
from tests.support.unit import harness
from tests.support.unit.answers import Answered
from tests.support.unit.mesh_settings import mesh
from tests.support.unit.recorded import Stack

RELEASE = "kubernetes:helm.sh/v3:Release"
TAG = "istio-revision-tag-stable"
WEBHOOK = "MutatingWebhookConfiguration"


def stack(asked: settings.Mesh, answers: Answered | None = None) -> Stack:
    def program() -> None:
        provider = kubernetes.Provider("cluster", kubeconfig="{}")
        namespaces = SystemNamespaces("namespaces", pulumi.ResourceOptions(providers=[provider]))
        cacerts = kubernetes.core.v1.Secret(
            "cacerts",
            metadata={"name": "cacerts", "namespace": namespaces.istio_system},
            opts=pulumi.ResourceOptions(provider=provider),
        )
        Istio(
            "istio",
            IstioArgs(mesh=asked, images=settings.Images()),
            pulumi.ResourceOptions(providers=[provider], depends_on=[cacerts]),
        )
        pulumi.export("istioSystem", namespaces.istio_system)

    return harness.component(program, answers=answers)


@pytest.fixture(scope="module")
def canary() -> Stack:
    return stack(mesh(version="1.31.1", canaryVersion="1.30.5"))


def names_of(built: Stack) -> dict[str, str]:
    return {node.name: node.inputs["name"] for node in built.of_type(RELEASE)}


def test_pulumi_and_helm_names_carry_the_revision(canary: Stack) -> None:
    assert names_of(canary) == {
        "istio-base": "istio-base",
        "istio-cni": "istio-cni",
        "istio-istiod-1-31-1": "istiod-1-31-1",
        "istio-istiod-1-30-5": "istiod-1-30-5",
    }


def test_every_release_is_explicit_about_what_helm_would_choose(canary: Stack) -> None:
    for release in canary.of_type(RELEASE):
        inputs = release.inputs
        assert inputs["version"].count(".") == 2
        assert inputs["repositoryOpts"] == {"repo": "https://blob.istio.io/istio-release/charts"}
        assert inputs["timeout"] >= 600
        assert (inputs["atomic"], inputs["cleanupOnFail"], inputs["createNamespace"]) == (False, False, False)
        assert inputs["skipAwait"] is False


def test_everything_uses_the_provider_of_the_component(canary: Stack) -> None:
    objects = [node for node in canary.nodes if node.resource["type"].startswith("kubernetes:")]
    assert len(objects) == 8
    assert all("cluster" in (node.provider or "") for node in objects)


@pytest.mark.parametrize("istiod", ["istiod-1-31-1", "istiod-1-30-5"])
def test_istiod_starts_after_crds_the_node_agent_and_its_certificates(canary: Stack, istiod: str) -> None:
    for earlier in (canary.release("istio-base"), canary.release("istio-cni"), canary.secret("cacerts")):
        assert canary.release(istiod).reaches(earlier)
        assert not earlier.reaches(canary.release(istiod))


def test_the_tag_moves_only_once_every_istiod_is_ready(canary: Stack) -> None:
    tag = canary.kubernetes(WEBHOOK, TAG)
    assert tag.reaches(canary.release("istiod-1-31-1"))
    assert tag.reaches(canary.release("istiod-1-30-5"))


def test_istiods_wait_for_neither_the_tag_nor_each_other(canary: Stack) -> None:
    one, other = canary.release("istiod-1-31-1"), canary.release("istiod-1-30-5")
    assert not one.reaches(other)
    assert not one.reaches(canary.kubernetes(WEBHOOK, TAG))


def test_a_swap_changes_the_tag_and_the_default_revision_only(canary: Stack) -> None:
    swapped = stack(mesh(version="1.30.5", canaryVersion="1.31.1"))
    assert {node.urn for node in swapped.nodes} == {node.urn for node in canary.nodes}
    changed = {
        node.name
        for node in canary.nodes
        if node.resource["type"].startswith("kubernetes:")
        and node.inputs != swapped.graph.resources[node.urn]["inputs"]
    }
    assert changed == {"istio-base", "istio-tag"}
    labels = swapped.kubernetes(WEBHOOK, TAG).inputs["metadata"]["labels"]
    assert labels["istio.io/rev"] == "1-30-5"


def test_the_tag_says_nothing_about_the_bundle_that_istiod_fills_in(canary: Stack) -> None:
    tag = canary.kubernetes(WEBHOOK, TAG)
    assert all("caBundle" not in webhook["clientConfig"] for webhook in tag.inputs["webhooks"])
    assert not tag.options.get("ignoreChanges")


def test_none_in_the_settings_reaches_helm() -> None:
    built = stack(mesh(values={"istiod": {"global": {"proxy": {"resources": {"limits": {"cpu": None}}}}}}))
    limits = built.release("istiod-1-31-1").inputs["values"]["global"]["proxy"]["resources"]["limits"]
    assert limits == {"cpu": None, "memory": "512Mi"}


@pytest.mark.parametrize("answers", [None, Answered()], ids=["preview", "update"])
def test_names_are_known_before_anything_exists(answers: Answered | None) -> None:
    outputs = stack(mesh(version="1.31.1"), answers).outputs
    assert outputs == {"istioSystem": "istio-system"}


def test_the_secret_waits_for_its_namespace(canary: Stack) -> None:
    assert canary.secret("cacerts").reaches(canary.kubernetes("Namespace", "istio-system"))


def test_only_istio_cni_is_privileged(canary: Stack) -> None:
    level = "pod-security.kubernetes.io/enforce"
    levels = {
        node.inputs["metadata"]["name"]: node.inputs["metadata"]["labels"][level]
        for node in canary.of_type("kubernetes:core/v1:Namespace")
    }
    assert levels == {"istio-system": "restricted", "istio-cni": "privileged"}
