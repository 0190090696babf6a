"""TargetGroupBinding of the AWS Load Balancer Controller, whose chart cannot be had here: its name and what we set.

Written after the controller's documentation of the kind; fields that this program does not use are not in it, so that
one that it begins to use is refused until it is added here.
"""

from typing import Any

GROUP = "elbv2.k8s.aws"
_TEXT: dict[str, Any] = {"type": "string"}

_SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["serviceRef", "targetGroupARN"],
    "properties": {
        "targetGroupARN": {"type": "string", "minLength": 1},
        "targetType": {"type": "string", "enum": ["instance", "ip"]},
        "serviceRef": {
            "type": "object",
            "required": ["name", "port"],
            "properties": {"name": _TEXT, "port": {"x-kubernetes-int-or-string": True}},
        },
    },
}
_STATUS: dict[str, Any] = {"type": "object", "properties": {"observedGeneration": {"type": "integer"}}}

DEFINITION: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"targetgroupbindings.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {
            "kind": "TargetGroupBinding",
            "listKind": "TargetGroupBindingList",
            "plural": "targetgroupbindings",
            "singular": "targetgroupbinding",
        },
        "versions": [
            {
                "name": "v1beta1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "apiVersion": _TEXT,
                            "kind": _TEXT,
                            "metadata": {"type": "object"},
                            "spec": _SPEC,
                            "status": _STATUS,
                        },
                    }
                },
            }
        ],
    },
}
