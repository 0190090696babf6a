"""Outputs as a platform's stack puts them out, with what a test changes of them."""

import copy
from typing import Any

OUTPUTS: dict[str, Any] = {
    "contractVersion": 1,
    "clusterArn": "arn:aws:eks:us-west-2:111122223333:cluster/istio-eks-prod",
    "kubeconfig": '{"clusters": []}',
    "trustDomain": "cluster.local",
    "appNodes": {
        "labels": {"istio-eks/node-group": "apps"},
        "tolerations": [{"key": "team", "operator": "Exists", "effect": "NoSchedule"}],
    },
    "gateways": {
        "public": {
            "gateway": "gateway-public/public",
            "principal": "cluster.local/ns/gateway-public/sa/gateway-public",
            "hosts": ["shop/shop.example.com"],
            # As the engine hands numbers on.
            "ports": [80.0, 443.0],
            "dnsName": "gateway-public.elb.example.org",
            "hostedZoneId": "Z1",
        }
    },
    "namespaces": {
        "shop": {
            "podSecurity": "restricted",
            "principalPrefix": "cluster.local/ns/shop/sa/",
            "hosts": ["public/shop.example.com"],
            "calls": [],
            "editorsGroup": "istio-eks:shop:editors",
        }
    },
    "aKeyOfALaterRelease": True,
}
ABSENT = object()


def outputs(path: str = "", value: Any = ABSENT) -> dict[str, Any]:
    """Return all outputs, with another value at a path, or with the path removed."""
    changed = copy.deepcopy(OUTPUTS)
    if path:
        *above, name = path.split(".")
        holder = changed
        for key in above:
            holder = holder[key]
        if value is ABSENT:
            del holder[name]
        else:
            holder[name] = value
    return changed
