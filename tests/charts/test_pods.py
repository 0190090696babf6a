"""Pods of the releases: where they run, as what, and from which image."""

from collections.abc import Iterator
from typing import Any

import pytest

from components import settings
from components.kubernetes.quantities import mebibytes
from components.settings import names, versions
from tests.support.charts import pods, releases
from tests.support.charts.deployed import Deployed
from tests.support.charts.releases import Manifest, Rendered
from tests.support.pod_security import violations
from tests.support.unit.harness import texts

EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute"}
# Injected by the webhook, which is asked for it by the label.
INJECTED_IMAGE = "auto"


def node_group(cluster: Deployed, name: str) -> dict[str, Any]:
    return cluster.stack.one("eks:index:ManagedNodeGroup", f"cluster-nodes-{name}").inputs


def taints(cluster: Deployed, group: str) -> list[dict[str, str]]:
    return [{**each, "effect": EFFECTS[each["effect"]]} for each in node_group(cluster, group)["taints"]]


def on_system_nodes(cluster: Deployed) -> list[Rendered]:
    return [*cluster.istiods, cluster.gateway]


def images(cluster: Deployed) -> Iterator[tuple[Rendered, str]]:
    for rendered in cluster.rendered:
        yield from ((rendered, each["image"]) for one in workloads(rendered) for each in containers(one))


def workloads(rendered: Rendered) -> list[Manifest]:
    return [each for each in rendered.objects if "template" in each.get("spec", {})]


def containers(workload: Manifest) -> list[Manifest]:
    spec = workload["spec"]["template"]["spec"]
    return [*spec["containers"], *spec.get("initContainers", [])]


def test_images_come_from_the_hub_of_the_settings_at_the_charts_version(cluster: Deployed) -> None:
    hub = settings.Images().istio
    expected = {"istiod": "pilot", "cni": "install-cni"}
    for rendered, image in images(cluster):
        if rendered.release.chart == "gateway":
            assert image == INJECTED_IMAGE
        else:
            assert image == f"{hub}/{expected[rendered.release.chart]}:{rendered.release.version}"


def test_nothing_of_the_charts_testing_images_is_left(cluster: Deployed) -> None:
    for rendered in cluster.rendered:
        written = [text for each in rendered.objects for text in texts(each)]
        assert not [text for text in written if "istio-testing" in text or "gcr.io" in text], rendered.release.name


def test_pods_pass_the_pod_security_of_their_namespace(cluster: Deployed) -> None:
    for rendered in on_system_nodes(cluster):
        assert cluster.namespace(rendered.release.namespace)[names.POD_SECURITY_LABEL] == "restricted"
        assert list(violations(rendered.pod["spec"])) == [], rendered.release.name


def test_istio_cni_alone_may_do_more(cluster: Deployed) -> None:
    assert cluster.namespace(cluster.cni.release.namespace)[names.POD_SECURITY_LABEL] == "privileged"
    assert "volume cni-bin-dir: hostPath" in violations(cluster.cni.pod["spec"])
    assert {each.release.namespace for each in cluster.rendered if each is not cluster.cni}.isdisjoint(
        {names.ISTIO_CNI}
    )


def test_every_pod_has_a_seccomp_profile(cluster: Deployed) -> None:
    for rendered in [*on_system_nodes(cluster), cluster.cni]:
        pod = rendered.pod["spec"].get("securityContext", {})
        for container in rendered.pod["spec"]["containers"]:
            profile = container["securityContext"].get("seccompProfile", pod.get("seccompProfile"))
            assert profile == {"type": "RuntimeDefault"}, rendered.release.name


def test_system_pods_run_on_system_nodes_only(cluster: Deployed) -> None:
    system, apps = node_group(cluster, "system"), node_group(cluster, "apps")
    for rendered in on_system_nodes(cluster):
        selector = rendered.pod["spec"]["nodeSelector"]
        assert selector.items() <= system["labels"].items()
        assert not selector.items() <= apps["labels"].items()
        for taint in taints(cluster, "system"):
            assert pods.tolerates(rendered.pod["spec"], taint), (rendered.release.name, taint)


def test_istio_cni_runs_on_every_node(cluster: Deployed) -> None:
    for taint in [*taints(cluster, "system"), *taints(cluster, "apps")]:
        assert pods.tolerates(cluster.cni.pod["spec"], taint)
    assert cluster.cni.pod["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux"}


def test_pods_are_spread_over_zones_and_nodes_by_their_own_labels(cluster: Deployed) -> None:
    for rendered in on_system_nodes(cluster):
        spread = rendered.pod["spec"]["topologySpreadConstraints"]
        keys = {each["topologyKey"] for each in spread}
        assert keys == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
        for each in spread:
            assert pods.selected(each["labelSelector"], rendered.pod["metadata"]["labels"])


def test_memory_is_bounded_everywhere_and_istiod_keeps_its_cores(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        (discovery,) = istiod.pod["spec"]["containers"]
        limits, requests = discovery["resources"]["limits"], discovery["resources"]["requests"]
        assert limits.keys() == {"memory"}
        assert limits["memory"] == requests["memory"]
    (proxy,) = cluster.gateway.pod["spec"]["containers"]
    assert mebibytes(proxy["resources"]["limits"]["memory"]) >= mebibytes(proxy["resources"]["requests"]["memory"])


def test_priorities_keep_the_mesh_when_nodes_are_full(cluster: Deployed) -> None:
    for rendered in on_system_nodes(cluster):
        assert rendered.pod["spec"]["priorityClassName"] == "system-cluster-critical"
    assert cluster.cni.pod["spec"]["priorityClassName"] == "system-node-critical"


def test_istio_cni_is_replaced_a_tenth_at_a_time(cluster: Deployed) -> None:
    update = cluster.cni.one("DaemonSet")["spec"]["updateStrategy"]
    assert update == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}}


def test_kubernetes_is_the_version_that_is_deployed(cluster: Deployed) -> None:
    """Charts may render other API versions for another Kubernetes."""
    assert cluster.stack.one("eks:index:Cluster", "cluster").inputs["version"] == versions.KUBERNETES


def test_two_releases_never_bring_the_same_object(cluster: Deployed) -> None:
    every = [each for one in cluster.rendered for each in one.identities]
    assert len(every) == len(set(every))


def test_the_program_and_the_charts_never_bring_the_same_object(cluster: Deployed) -> None:
    ours = {releases.identity(each.inputs) for each in cluster.nodes}
    assert not ours & releases.identities(cluster.rendered)


def test_every_namespace_that_a_release_fills_is_made_by_the_program(cluster: Deployed) -> None:
    made = {each["metadata"]["name"] for each in cluster.made("Namespace")}
    for rendered in cluster.rendered:
        assert {namespace for _, namespace, _ in rendered.identities} - {""} <= made, rendered.release.name


# That the checks would notice


@pytest.mark.parametrize(
    "context",
    [
        {"allowPrivilegeEscalation": True},
        {"runAsNonRoot": False},
        {"runAsUser": 0},
        {"privileged": True},
        {"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}},
        {"capabilities": {}},
        {"seccompProfile": {"type": "Unconfined"}},
    ],
)
def test_a_pod_that_asks_for_more_is_seen(every: dict[str, Deployed], context: dict[str, Any]) -> None:
    spec = every["prod"].istiods[0].pod["spec"]
    (container,) = spec["containers"]
    changed = {**container, "securityContext": {**container["securityContext"], **context}}
    assert list(violations({**spec, "containers": [changed]}))


def test_a_toleration_of_another_taint_does_not_count() -> None:
    spec = {"tolerations": [{"key": "a", "operator": "Equal", "value": "true", "effect": "NoSchedule"}]}
    assert pods.tolerates(spec, {"key": "a", "value": "true", "effect": "NoSchedule"})
    for other in ({"key": "b"}, {"value": "false"}, {"effect": "NoExecute"}):
        assert not pods.tolerates(spec, {"key": "a", "value": "true", "effect": "NoSchedule", **other})
