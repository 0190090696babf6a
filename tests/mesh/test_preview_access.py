"""What cloud previews may do in a cluster, on a real API server: read, patch as a dry run, and nothing else."""

from collections.abc import Callable

import pytest

from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError
from local.control_plane.control_plane import ControlPlane
from tests.support.mesh.planes import Manifest, deployment, namespace, soon
from tests.support.unit import bootstrap

GROUP = "istio-eks:previews"
SECRETS = ("istio-system", "istio-cni", "kube-system", "gateway-public")
MANAGER = "preview"


@pytest.fixture(scope="module")
def preview(plane: ControlPlane) -> Api:
    """The role of a preview, in a cluster with an app; kube-system is there already."""
    for name in (*SECRETS, "shop"):
        if plane.api.get("v1", "Namespace", name) is None:
            namespace(plane.api, name)
        plane.api.create(secret(name))
    for name in ("there", "tried"):
        plane.api.create(config_map(name))
    plane.api.create(deployment("app", "shop", 0))
    plane.api.create(webhooks())
    for manifest in bootstrap.manifests():
        plane.api.create(manifest)
    found = plane.api.as_user("preview", [GROUP, "system:authenticated"])
    # Admission policies are read by the API server a moment after they are written.
    assert soon(lambda: refusal(lambda: found.apply(config_map("tried"), field_manager=MANAGER)) != "")
    return found


def secret(where: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "kept", "namespace": where}}


def config_map(name: str, **data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop"}, "data": data}


def webhooks() -> Manifest:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "any"},
    }


def role() -> Manifest:
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": GROUP},
        "rules": [rule],
    }


def refusal(ask: Callable[[], object]) -> str:
    try:
        ask()
    except ApiRefusedError as error:
        return str(error)
    return ""


def test_it_reads_apps_and_the_platforms_secrets_alone(preview: Api) -> None:
    assert preview.get("apps/v1", "Deployment", "app", "shop")
    for where in SECRETS:
        assert preview.get("v1", "Secret", "kept", where)
    assert "forbidden" in refusal(lambda: preview.get("v1", "Secret", "kept", "shop"))


def test_it_patches_as_a_dry_run(preview: Api, plane: ControlPlane) -> None:
    answered = preview.apply(config_map("there", a="2"), field_manager=MANAGER, dry_run=True)
    assert answered["data"] == {"a": "2"}
    scaled = preview.apply(deployment("app", "shop", 3), field_manager=MANAGER, dry_run=True, force=True)
    assert scaled["spec"]["replicas"] == 3
    live = plane.api.get("apps/v1", "Deployment", "app", "shop")
    assert live is not None
    assert live["spec"]["replicas"] == 0
    there = plane.api.get("v1", "ConfigMap", "there", "shop")
    assert there is not None
    assert there.get("data", {}) == {}


@pytest.mark.parametrize(
    "manifest", [config_map("there", a="2"), deployment("app", "shop", 3)], ids=lambda m: m["kind"]
)
def test_it_patches_nothing_for_real(preview: Api, manifest: Manifest) -> None:
    told = refusal(lambda: preview.apply(manifest, field_manager=MANAGER, force=True))
    assert "A preview changes nothing" in told


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("manifest", [webhooks(), role(), secret("istio-system")], ids=lambda m: m["kind"])
def test_what_it_could_help_itself_with_it_never_patches(preview: Api, manifest: Manifest, dry_run: bool) -> None:
    told = refusal(lambda: preview.apply(manifest, field_manager=MANAGER, dry_run=dry_run, force=True))
    assert "forbidden" in told
    assert "cannot patch" in told


def test_it_makes_and_deletes_nothing(preview: Api) -> None:
    assert "cannot create" in refusal(lambda: preview.create(config_map("new"), dry_run=True))
    assert "cannot create" in refusal(lambda: preview.apply(config_map("new"), field_manager=MANAGER, dry_run=True))
    assert "cannot delete" in refusal(lambda: preview.delete("v1", "ConfigMap", "there", "shop"))


def test_others_are_not_held_by_it(plane: ControlPlane, preview: Api) -> None:
    changed = plane.api.apply(config_map("theirs", a="1"), field_manager="administrator")
    assert changed["data"] == {"a": "1"}


def test_without_the_admission_policy_a_preview_would_change_what_it_likes(preview: Api, plane: ControlPlane) -> None:
    (binding,) = [m for m in bootstrap.manifests() if m["kind"] == "ValidatingAdmissionPolicyBinding"]
    plane.api.delete(binding["apiVersion"], binding["kind"], binding["metadata"]["name"])
    try:
        assert soon(lambda: not refusal(lambda: preview.apply(config_map("tried"), field_manager=MANAGER)))
    finally:
        plane.api.create(binding)
