"""Which pods come back with a proxy, from which istiod, and which come back as they were sent."""

import json
from collections.abc import Mapping

import pytest

from components import settings
from components.istio import istiod_values, mesh_config, sizing, system_pods
from components.settings import names
from local.control_plane.api import Api
from local.control_plane.api_connection import Manifest
from local.world import proxies
from local.world.mesh import Mesh
from tests.support.mesh import injected, live, meshes

MESHED = {"dev": ["bookinfo"], "prod": ["bookinfo", "shop"]}
SIZES: Mapping[str, settings.Size] = {"dev": "small", "prod": "medium"}
OUT = {names.INJECT_LABEL: "false"}


def expected(mesh: Mesh) -> str:
    """Revision of the version that the tag names."""
    return names.revision(mesh.world.session.outputs()["istioVersion"])


def running(api: Api, namespace: str) -> list[Manifest]:
    pods = [each for each in api.list("v1", "Pod", namespace) if "deletionTimestamp" not in each["metadata"]]
    assert pods, namespace
    return pods


def test_the_namespaces_of_the_mesh_are_those_that_carry_the_tag(stack: Mesh) -> None:
    tag = stack.world.session.outputs()["revisionTag"]
    found = stack.control_plane.api.list("v1", "Namespace", labels=f"{names.REVISION_LABEL}={tag}")
    assert sorted(each["metadata"]["name"] for each in found) == MESHED[stack.world.session.stack]


def test_a_pod_of_each_of_them_is_injected_by_the_tags_revision(stack: Mesh) -> None:
    for namespace in MESHED[stack.world.session.stack]:
        pod = injected.tried(stack.control_plane.api, namespace)
        assert injected.revision(pod) == expected(stack)
        assert pod["metadata"]["labels"]["security.istio.io/tlsMode"] == "istio"


def test_its_proxy_is_as_the_settings_say(stack: Mesh) -> None:
    outputs = stack.world.session.outputs()
    pod = injected.tried(stack.control_plane.api, "bookinfo")
    proxy = proxies.sidecar(pod)
    assert proxy
    # A container that starts before the application and ends after it.
    assert proxy["restartPolicy"] == "Always"
    assert proxy in pod["spec"]["initContainers"]
    assert proxy["image"].endswith(f"/proxyv2:{outputs['istioVersion']}")
    size = sizing.sidecar(SIZES[stack.world.session.stack])
    assert proxy["resources"] == {"requests": dict(size.requests), "limits": dict(size.limits) | {"cpu": "2"}}
    assert proxy["securityContext"]["seccompProfile"] == system_pods.SECCOMP
    environment = injected.environment(pod)
    assert environment["TRUST_DOMAIN"] == outputs["trustDomain"]
    for said in (mesh_config.DNS_CAPTURE, mesh_config.ROOTS_FROM_ISTIOD):
        assert environment[said] == "true"


def test_its_calls_for_credentials_of_pod_identity_pass_the_proxy_by(stack: Mesh) -> None:
    annotations = injected.tried(stack.control_plane.api, "bookinfo")["metadata"]["annotations"]
    assert annotations["traffic.sidecar.istio.io/excludeOutboundIPRanges"] == istiod_values.POD_IDENTITY


def test_interception_needs_no_right_of_the_pod(stack: Mesh) -> None:
    """istio-cni has done it before: what is left only looks whether it was."""
    pod = injected.tried(stack.control_plane.api, "bookinfo")
    first = pod["spec"]["initContainers"][0]
    assert (first["name"], first["securityContext"]["capabilities"]) == ("istio-validation", {"drop": ["ALL"]})
    assert "--run-validation" in first["args"]


def test_every_pod_that_runs_in_the_mesh_was_injected_so(stack: Mesh) -> None:
    api = stack.control_plane.api
    pods = [*running(api, "bookinfo"), *running(api, "gateway-public")]
    assert {injected.revision(each) for each in pods} == {expected(stack)}


def test_a_gateways_pod_is_injected_by_the_revision_that_its_release_names(stack: Mesh) -> None:
    for pod in running(stack.control_plane.api, "gateway-public"):
        assert pod["metadata"]["labels"][names.REVISION_LABEL] == expected(stack)
        (proxy,) = pod["spec"]["containers"]
        assert proxy["args"][:2] == ["proxy", "router"]
        assert json.loads(pod["metadata"]["annotations"][injected.STATUS])["initContainers"] is None


def test_a_pods_own_revision_does_not_count_in_a_labelled_namespace(dev: Mesh) -> None:
    pod = injected.tried(dev.control_plane.api, "bookinfo", labels={names.REVISION_LABEL: "another"})
    assert injected.revision(pod) == expected(dev)


@pytest.mark.parametrize("namespace", ["default", "istio-system", "gateway-public"])
def test_a_pod_of_another_namespace_comes_back_as_it_was_sent(stack: Mesh, namespace: str) -> None:
    assert untouched(injected.tried(stack.control_plane.api, namespace))


def test_so_does_a_workload_that_is_excluded(stack: Mesh) -> None:
    for namespace in MESHED[stack.world.session.stack]:
        assert untouched(injected.tried(stack.control_plane.api, namespace, labels=OUT))


def untouched(pod: Manifest) -> bool:
    """No proxy, no annotation, no volume but the token of every pod."""
    volumes = [each["name"].rpartition("-")[0] for each in pod["spec"]["volumes"]]
    return (
        injected.revision(pod) is None
        and "initContainers" not in pod["spec"]
        and not pod["metadata"].get("annotations")
        and volumes == ["kube-api-access"]
        and len(pod["spec"]["containers"]) == 1
    )


# Negative controls


def test_without_the_namespaces_label_its_pods_would_have_no_proxy(dev: Mesh) -> None:
    api = dev.control_plane.api
    with live.with_labels(dev, "bookinfo", {names.REVISION_LABEL: None}):
        meshes.eventually(lambda: _untouched(api))
    meshes.eventually(lambda: _injected(dev))


def test_a_namespace_with_an_unknown_revision_would_have_no_proxy_either(dev: Mesh) -> None:
    """Nobody refuses it: a typing error in the label is silent."""
    api = dev.control_plane.api
    with live.with_labels(dev, "bookinfo", {names.REVISION_LABEL: "stabel"}):
        meshes.eventually(lambda: _untouched(api))
    meshes.eventually(lambda: _injected(dev))


def _untouched(api: Api) -> None:
    assert untouched(injected.tried(api, "bookinfo"))


def _injected(mesh: Mesh) -> None:
    assert injected.revision(injected.tried(mesh.control_plane.api, "bookinfo")) == expected(mesh)
