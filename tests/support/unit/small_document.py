"""A document of few components, as ``ops.preview`` is given it."""

from typing import Any

STACK = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"


def resource(name: str, parent: str = STACK, *, custom: bool = False, **fields: Any) -> dict[str, Any]:
    kind = "aws:x/y:Z" if custom else "istio-eks:m:Component"
    return {
        "urn": name,
        "type": kind,
        "name": name,
        "parent": parent,
        "provider": None,
        "custom": custom,
        "remote": False,
        "inputs": {},
        "dependencies": [],
        "references": [],
        "options": {},
        **fields,
    }


def document(*resources: dict[str, Any]) -> dict[str, Any]:
    stack = {**resource(STACK), "type": "pulumi:pulumi:Stack", "parent": None}
    return {"project": "p", "stack": "dev", "resources": [stack, *resources], "outputs": {}, "warnings": []}


SMALL = document(
    resource("network"),
    resource("vpc", "network", custom=True),
    resource("cluster"),
    resource("eks", "cluster", remote=True, references=["vpc"]),
    resource("k8s", "cluster", custom=True, dependencies=["eks"]),
    resource("istio-mesh", dependencies=["cluster", "network"]),
    resource("istiod", "istio-mesh", custom=True, provider="k8s"),
)
