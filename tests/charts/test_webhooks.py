"""Who injects a pod and who checks an object: exactly one, and the right one."""

from collections.abc import Mapping
from typing import Any

from components.settings import names
from tests.support.charts import pods
from tests.support.charts.deployed import Deployed
from tests.support.charts.releases import Helm

Labels = Mapping[str, str]


def asked(configurations: list[dict[str, Any]], namespace: Labels, labels: Labels, group: str = "") -> list[str]:
    """Services of the webhooks that the API server calls for an object of a namespace."""
    return [
        webhook["clientConfig"]["service"]["name"]
        for configuration in configurations
        for webhook in configuration["webhooks"]
        if any(group in rule["apiGroups"] for rule in webhook["rules"])
        and pods.selected(webhook.get("namespaceSelector", {}), namespace)
        and pods.selected(webhook.get("objectSelector", {}), labels)
    ]


def injectors(cluster: Deployed) -> list[dict[str, Any]]:
    return [*cluster.every("MutatingWebhookConfiguration"), *cluster.made("MutatingWebhookConfiguration")]


def current(cluster: Deployed) -> str:
    return f"istiod-{names.revision(cluster.stack.outputs['istioVersion'])}"


def mesh_namespaces(cluster: Deployed) -> list[dict[str, Any]]:
    every = [each["metadata"] for each in cluster.made("Namespace")]
    return [each for each in every if names.REVISION_LABEL in each["labels"]]


def test_pods_of_the_mesh_are_injected_once_by_the_tags_revision(cluster: Deployed) -> None:
    assert mesh_namespaces(cluster)
    for namespace in mesh_namespaces(cluster):
        for labels in ({}, {"app": "reviews"}, {"sidecar.istio.io/inject": "true"}):
            assert asked(injectors(cluster), namespace["labels"], labels) == [current(cluster)]


def test_gateway_pods_are_injected_once_by_their_own_revision(cluster: Deployed) -> None:
    labels = cluster.gateway.pod["metadata"]["labels"]
    namespace = cluster.namespace(cluster.gateway.release.namespace)
    assert labels[names.INJECT_LABEL] == "true"
    assert asked(injectors(cluster), namespace, labels) == [current(cluster)]
    assert cluster.gateway.pod["metadata"]["annotations"]["inject.istio.io/templates"] == "gateway"


def test_pods_of_istio_itself_are_never_injected(cluster: Deployed) -> None:
    for rendered in [*cluster.istiods, cluster.cni]:
        labels = rendered.pod["metadata"]["labels"]
        assert asked(injectors(cluster), cluster.namespace(rendered.release.namespace), labels) == []


def test_a_pod_that_opts_out_is_left_alone(cluster: Deployed) -> None:
    for namespace in mesh_namespaces(cluster):
        assert asked(injectors(cluster), namespace["labels"], {"sidecar.istio.io/inject": "false"}) == []


def test_every_istio_object_of_ours_is_checked_by_one_istiod(cluster: Deployed) -> None:
    """Objects name no revision: the webhook of the chart ``base`` takes them."""
    checks = cluster.every("ValidatingWebhookConfiguration")
    ours = [each.inputs for each in cluster.nodes if ".istio.io/" in each.inputs["apiVersion"]]
    assert ours
    for each in ours:
        group = each["apiVersion"].split("/")[0]
        namespace = cluster.namespace(each["metadata"]["namespace"])
        labels = each["metadata"].get("labels", {})
        assert asked(checks, namespace, labels, group) == [current(cluster)], each["metadata"]


# The tag: our object instead of the chart's


def test_our_tag_is_the_one_that_the_chart_would_make(helm: Helm, cluster: Deployed) -> None:
    """But for the labels that say which chart a thing is from."""
    (ours,) = cluster.made("MutatingWebhookConfiguration")
    labels = ours["metadata"]["labels"]
    (stable,) = [each for each in cluster.istiods if each.release.values["revision"] == labels[names.REVISION_LABEL]]
    tagged = stable.release.given({**stable.release.values, "revisionTags": [labels[names.TAG_LABEL]]})
    theirs = helm.render(tagged).one("MutatingWebhookConfiguration", ours["metadata"]["name"])
    assert ours["webhooks"] == theirs["webhooks"]
    assert labels.items() <= theirs["metadata"]["labels"].items()


def test_the_tag_default_is_among_the_variants(every: dict[str, Deployed]) -> None:
    """It answers for more namespaces than any other."""
    assert {each.stack.outputs["revisionTag"] for each in every.values()} == {"stable", "default"}
