"""The revision tag: the label of mesh namespaces, and the webhook of the istiod that injects for it.

This stack creates the webhook itself: with the chart, two releases would overwrite one object when a tag moves.
Selectors and policies are those of Istio's chart at 1.31, istiod/templates/revision-tags-mwc.yaml.

istiod sets ``caBundle`` if the label ``istio.io/rev`` is its own revision and the webhook's name ends in
``sidecar-injector.istio.io`` (Istio's pkg/webhooks/webhookpatch.go), also after the tag has moved. So the field is
absent here: a server-side apply leaves it to its owner, istiod, and no preview compares it.
The tag has no Service: proxies use the Service of their revision.
"""

from typing import Any

from ..kubernetes.namespace import Manifest
from ..settings import names

Selector = dict[str, Any]

DEFAULT = "default"


def _is(key: str, *values: str) -> Selector:
    return {"key": key, "operator": "In", "values": list(values)}


def _is_not(key: str, *values: str) -> Selector:
    return {"key": key, "operator": "NotIn", "values": list(values)}


def _absent(key: str) -> Selector:
    return {"key": key, "operator": "DoesNotExist"}


NOT_REFUSED = _is_not(names.INJECT_LABEL, "false")


def _webhook(prefix: str, revision: str, namespace: list[Selector], pod: list[Selector]) -> dict[str, Any]:
    return {
        "name": f"{prefix}.sidecar-injector.istio.io",
        "clientConfig": {
            "service": {
                "name": f"istiod-{revision}",
                "namespace": names.ISTIO_SYSTEM,
                "path": "/inject",
                "port": 443,
            }
        },
        "sideEffects": "None",
        "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}],
        # A pod without its proxy would bypass every policy of the mesh.
        "failurePolicy": "Fail",
        "reinvocationPolicy": "Never",
        "admissionReviewVersions": ["v1"],
        "namespaceSelector": {"matchExpressions": namespace},
        "objectSelector": {"matchExpressions": pod},
    }


def _webhooks(tag: str, revision: str) -> list[dict[str, Any]]:
    unlabelled = [_absent(names.REVISION_LABEL), _absent(names.INJECTION_LABEL)]
    webhooks = [
        _webhook(
            "rev.namespace", revision, [_is(names.REVISION_LABEL, tag), _absent(names.INJECTION_LABEL)], [NOT_REFUSED]
        ),
        _webhook("rev.object", revision, unlabelled, [NOT_REFUSED, _is(names.REVISION_LABEL, tag)]),
    ]
    if tag != DEFAULT:
        return webhooks
    # The tag "default" also injects for istio-injection=enabled and for pods that only request injection.
    return [
        *webhooks,
        _webhook("namespace", revision, [_is(names.INJECTION_LABEL, "enabled")], [NOT_REFUSED]),
        _webhook(
            "object",
            revision,
            [_absent(names.INJECTION_LABEL), _absent(names.REVISION_LABEL)],
            [_is(names.INJECT_LABEL, "true"), _absent(names.REVISION_LABEL)],
        ),
    ]


def webhook(tag: str, revision: str) -> Manifest:
    """Return the MutatingWebhookConfiguration of ``tag``; its label and Service both name ``revision``."""
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {
            "name": f"istio-revision-tag-{tag}",
            "labels": {
                names.TAG_LABEL: tag,
                names.REVISION_LABEL: revision,
                "app": "sidecar-injector",
                "app.kubernetes.io/name": "istiod",
                "app.kubernetes.io/part-of": "istio",
            },
        },
        "webhooks": _webhooks(tag, revision),
    }
