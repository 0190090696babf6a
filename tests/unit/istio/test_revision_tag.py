"""The injection webhook of a revision tag, against what Istio's chart renders for a tag."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from components.istio import revision_tag
from components.settings import names

NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)

# `helm template` of chart istiod 1.31 with revisionTags: [stable], revision: 1-31-1.
RENDERED_SELECTORS = {
    "rev.namespace.sidecar-injector.istio.io": (
        [
            {"key": "istio.io/rev", "operator": "In", "values": ["stable"]},
            {"key": "istio-injection", "operator": "DoesNotExist"},
        ],
        [{"key": "sidecar.istio.io/inject", "operator": "NotIn", "values": ["false"]}],
    ),
    "rev.object.sidecar-injector.istio.io": (
        [
            {"key": "istio.io/rev", "operator": "DoesNotExist"},
            {"key": "istio-injection", "operator": "DoesNotExist"},
        ],
        [
            {"key": "sidecar.istio.io/inject", "operator": "NotIn", "values": ["false"]},
            {"key": "istio.io/rev", "operator": "In", "values": ["stable"]},
        ],
    ),
}
RENDERED_COMMON = {
    "clientConfig": {"service": {"name": "istiod-1-31-1", "namespace": "istio-system", "path": "/inject", "port": 443}},
    "sideEffects": "None",
    "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}],
    "failurePolicy": "Fail",
    "reinvocationPolicy": "Never",
    "admissionReviewVersions": ["v1"],
}


def rendered() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            **RENDERED_COMMON,
            "namespaceSelector": {"matchExpressions": namespace},
            "objectSelector": {"matchExpressions": pod},
        }
        for name, (namespace, pod) in RENDERED_SELECTORS.items()
    ]


def test_the_webhooks_are_those_of_the_chart() -> None:
    assert revision_tag.webhook("stable", "1-31-1")["webhooks"] == rendered()


def test_the_default_tag_also_answers_for_injection_without_a_revision() -> None:
    webhooks = revision_tag.webhook("default", "1-31-1")["webhooks"]
    prefixes = [webhook["name"].removesuffix(".sidecar-injector.istio.io") for webhook in webhooks]
    assert prefixes == ["rev.namespace", "rev.object", "namespace", "object"]


@effort(max_examples=50)
@given(tag=NAMES, revision=NAMES)
def test_label_and_service_name_the_same_revision(tag: str, revision: str) -> None:
    manifest = revision_tag.webhook(tag, revision)
    assert manifest["metadata"]["labels"][names.REVISION_LABEL] == revision
    services = {webhook["clientConfig"]["service"]["name"] for webhook in manifest["webhooks"]}
    assert services == {f"istiod-{revision}"}


@effort(max_examples=50)
@given(tag=NAMES, revision=NAMES)
def test_istiod_finds_and_fills_every_webhook(tag: str, revision: str) -> None:
    manifest = revision_tag.webhook(tag, revision)
    assert manifest["metadata"]["labels"][names.TAG_LABEL] == tag
    for webhook in manifest["webhooks"]:
        assert webhook["name"].endswith("sidecar-injector.istio.io")
        assert "caBundle" not in webhook["clientConfig"]


@pytest.mark.parametrize("tag", ["stable", "default"])
def test_webhook_names_are_unique_in_the_object(tag: str) -> None:
    found = [webhook["name"] for webhook in revision_tag.webhook(tag, "1-31-1")["webhooks"]]
    assert len(found) == len(set(found))
