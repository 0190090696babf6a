"""What workloads reach: hosts that nobody has registered, and what their Sidecars let them know of."""

from typing import Any

from tests.support.unit.diff_risks.case import Case, Cases, Resource
from tests.support.unit.diff_risks.resources import namespace, release
from tests.support.unit.diff_world import kubernetes


def sidecar(*hosts: str, namespace: str = "shop", **spec: Any) -> Resource:
    return kubernetes("Sidecar", "default", namespace, spec={"egress": [{"hosts": list(hosts)}], **spec})


def in_two_namespaces(*sidecars: Resource) -> list[Resource]:
    """In the mesh's own namespace and one of a team."""
    return [namespace("istio-system"), namespace("shop"), *sidecars]


RISKY: Cases = {
    "way-out-is-opened": [
        Case(
            id="outbound",
            before=[release("istiod", "istiod", meshConfig={"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}})],
            after=[release("istiod", "istiod", meshConfig={"outboundTrafficPolicy": {"mode": "ALLOW_ANY"}})],
            says="REGISTRY_ONLY \u2192 ALLOW_ANY",
        ),
        Case(
            id="rendered",
            before=[kubernetes("ConfigMap", "istio", "istio-system", data={"mesh": "a: 1\nmode: REGISTRY_ONLY\n"})],
            after=[kubernetes("ConfigMap", "istio", "istio-system", data={"mesh": "a: 1\nmode: ALLOW_ANY\n"})],
            says="REGISTRY_ONLY is removed",
        ),
        Case(id="scope", before=[sidecar("./*")], after=[sidecar("./*", "*/*")], says="*/* added"),
        Case(
            id="root-goes",
            before=in_two_namespaces(sidecar("./*", namespace="istio-system")),
            after=in_two_namespaces(),
            says="istio-system/default (Sidecar): is removed: */* can be called",
        ),
        Case(
            id="own-goes",
            before=in_two_namespaces(sidecar("./*"), sidecar("./*", "istio-system/*", namespace="istio-system")),
            after=in_two_namespaces(sidecar("./*", "istio-system/*", namespace="istio-system")),
            says="shop/default (Sidecar): is removed: istio-system/* can be called",
        ),
        Case(
            id="own-comes",
            before=in_two_namespaces(sidecar("./*", namespace="istio-system")),
            after=in_two_namespaces(sidecar("./*", "stock/*"), sidecar("./*", namespace="istio-system")),
            says="shop/default (Sidecar): egress hosts: stock/* added",
        ),
        Case(
            id="for-fewer-workloads",
            before=in_two_namespaces(sidecar("./*")),
            after=in_two_namespaces(sidecar("./*", workloadSelector={"labels": {"app": "web"}})),
            says="no longer applies to every workload that it applied to: */* can be called",
        ),
    ],
}

CALM: Cases = {
    "way-out-is-opened": [
        Case(id="narrowed", before=[sidecar("./*", "*/*")], after=[sidecar("./*")]),
        Case(
            id="held-already",
            before=[sidecar("stock/*")],
            after=[sidecar("stock/*", "stock/a.stock.svc.cluster.local")],
        ),
        Case(
            id="as-the-root-has-it",
            before=in_two_namespaces(sidecar("./*"), sidecar("./*", namespace="istio-system")),
            after=in_two_namespaces(sidecar("./*", namespace="istio-system")),
        ),
        Case(id="with-its-namespace", before=[namespace(), sidecar("./*")]),
        Case(id="of-a-new-namespace", after=[namespace(), sidecar("./*", "stock/*")]),
        Case(
            id="first-root",
            before=in_two_namespaces(),
            after=in_two_namespaces(sidecar("./*", namespace="istio-system")),
        ),
        Case(
            id="closed",
            before=[release("istiod", "istiod", meshConfig={"outboundTrafficPolicy": {"mode": "ALLOW_ANY"}})],
            after=[release("istiod", "istiod", meshConfig={"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}})],
        ),
    ],
}
