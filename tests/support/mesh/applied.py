"""What a stack is to apply: objects of the offline preview, and of its charts."""

from typing import Any

import yaml

from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError
from local.providers.kubernetes.api_cluster import ApiCluster
from local.providers.kubernetes.objects import Identity, identity
from local.world.mesh import Mesh
from ops.offline import document, recorder, stack_file
from tests.support.stack_files import ROOT

Manifest = dict[str, Any]

RELEASE = "kubernetes:helm.sh/v3:Release"
# Nobody's who has applied anything.
MANAGER = "tests"


def recorded(mesh: Mesh) -> list[Manifest]:
    """Objects that the program makes itself, from the offline preview's document; without what is secret."""
    session = mesh.world.session
    config = stack_file.read(session.file, ROOT / "Pulumi.yaml").values
    built = document.build(recorder.record(ROOT, session.stack, config, today=session.today))
    kubernetes = [each for each in built["resources"] if each["type"].startswith("kubernetes:")]
    objects = [each["inputs"] for each in kubernetes if each["type"] != RELEASE]
    return [{key: value for key, value in each.items() if value != document.SECRET} for each in objects]


def charted(mesh: Mesh) -> list[Manifest]:
    """Objects of every release that helm has installed."""
    helm = cluster(mesh).helm
    found: list[Manifest] = []
    for row in helm.listed("--all-namespaces"):
        text = helm.run("get", "manifest", row["name"], "--namespace", row["namespace"])
        found += [
            {**each, "metadata": {"namespace": row["namespace"], **each["metadata"]}}
            for each in yaml.load_all(text, Loader=yaml.CSafeLoader)
            if each
        ]
    return found


def cluster(mesh: Mesh) -> ApiCluster:
    """Behind the kubernetes stand-in."""
    found = mesh.world.cluster.cluster
    assert isinstance(found, ApiCluster)
    return found


def refusal(api: Api, manifest: Manifest) -> str:
    """What the API server says against an object, in a dry run; empty when it would take it."""
    try:
        api.apply(manifest, field_manager=MANAGER, dry_run=True, force=True)
    except ApiRefusedError as refused:
        return str(refused)
    return ""


def refusals(api: Api, manifests: list[Manifest]) -> dict[Identity, str]:
    """Of those that are refused."""
    said = {identity(each): refusal(api, each) for each in manifests}
    return {each: text for each, text in said.items() if text}
