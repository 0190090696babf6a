"""A manifest arrives at the engine as it was written."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.kubernetes import component as manifests
from tests.support.unit import harness

LABELS = {"istio.io/rev": "stable", "app.kubernetes.io/part-of": "x", "snake_case": "1", "api_version": "1"}
METADATA = {"name": "name", "namespace": "ns", "labels": LABELS, "annotations": LABELS}
POD = {
    "serviceAccountName": "sa",
    "automountServiceAccountToken": False,
    "nodeSelector": LABELS,
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "app",
            "image": "image",
            "ports": [{"containerPort": 9080}],
            "readinessProbe": {"httpGet": {"path": "/health", "port": 9080}, "periodSeconds": 2},
            "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
        }
    ],
    "volumes": [{"name": "tmp", "emptyDir": {}}],
    "topologySpreadConstraints": [{"labelSelector": {"matchLabels": LABELS}, "maxSkew": 1}],
}
RULE = {"apiGroups": ["", "apps"], "resources": ["pods/log"], "verbs": ["get"]}
FIELDS: dict[tuple[str, str], dict[str, Any]] = {
    ("v1", "Namespace"): {},
    ("v1", "ServiceAccount"): {"automountServiceAccountToken": False},
    ("v1", "Service"): {
        "spec": {"clusterIP": "None", "selector": LABELS, "ports": [{"name": "http", "port": 1, "targetPort": 2}]}
    },
    ("v1", "ResourceQuota"): {"spec": {"hard": {"services.nodeports": "0"}}},
    ("v1", "ConfigMap"): {"data": {"some_key.yaml": "text"}, "binaryData": {"other_key": "eA=="}},
    ("apps/v1", "Deployment"): {
        "spec": {"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, "spec": POD}}
    },
    ("policy/v1", "PodDisruptionBudget"): {
        "spec": {"minAvailable": 1, "selector": {"matchLabels": LABELS}, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
    },
    ("rbac.authorization.k8s.io/v1", "Role"): {"rules": [RULE]},
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "role"},
        "subjects": [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "group"}],
    },
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"): {
        "webhooks": [
            {
                "name": "rev.sidecar-injector.istio.io",
                "clientConfig": {"service": {"name": "istiod", "namespace": "istio-system", "path": "/inject"}},
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
                "objectSelector": {"matchExpressions": [{"key": "istio.io/rev", "operator": "DoesNotExist"}]},
                "namespaceSelector": {"matchLabels": LABELS},
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
            }
        ]
    },
    ("security.istio.io/v1", "AuthorizationPolicy"): {"spec": {}},
    ("networking.istio.io/v1", "VirtualService"): {
        "spec": {"http": [{"match": [{"headers": {"end-user": {"exact": "x"}, "snake_case": {"exact": "y"}}}]}]}
    },
    ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"): {"spec": {"targetGroupARN": "arn", "targetType": "ip"}},
}


def _manifest(kind: tuple[str, str]) -> dict[str, Any]:
    return {"apiVersion": kind[0], "kind": kind[1], "metadata": METADATA, **FIELDS[kind]}


def _registered(manifest: dict[str, Any]) -> dict[str, Any]:
    return _object(lambda: manifests.apply("logical", manifest, pulumi.ResourceOptions()))


def _object(program: Callable[[], object]) -> dict[str, Any]:
    [found] = [node for node in harness.component(program).nodes if node.name == "logical"]
    return found.inputs


@pytest.mark.parametrize("kind", FIELDS, ids="/".join)
def test_every_key_arrives_as_written(kind: tuple[str, str]) -> None:
    manifest = _manifest(kind)
    assert _registered(manifest) == manifest


def test_secret_data_stays_secret() -> None:
    def program() -> None:
        fields = {"type": "Opaque", "stringData": {"ca-key.pem": pulumi.Output.secret("key")}}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": METADATA, **fields}
        manifests.apply("logical", secret, pulumi.ResourceOptions())

    assert _object(program)["stringData"] == "[secret]"


def test_every_typed_kind_but_secret_is_tried_above() -> None:
    assert manifests.TYPED.keys() - FIELDS.keys() == {("v1", "Secret")}


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"apiVersion": "v1", "kind": "Service", "metadata": {}}, "no metadata.name"),
        ({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x"}}, "built into Kubernetes"),
        ({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "x"}}, "built into"),
        (
            {"apiVersion": "security.istio.io/v1", "kind": "X", "metadata": {"name": "x"}, "data": {}},
            "must have",
        ),
    ],
)
def test_what_cannot_be_applied_faithfully_is_refused(manifest: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        manifests.apply("logical", manifest, pulumi.ResourceOptions())
