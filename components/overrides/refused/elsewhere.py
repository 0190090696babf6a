"""Configuration of add-ons and of the load balancer controller, and values that are wrong on every surface."""

import re
from collections.abc import Mapping
from typing import Any

from ...settings import names, versions
from .conditions import CONTROLLER, none, on, touched
from .row import ANYWHERE, Refused

# Hosts that Istio's charts and images have left: nothing newer than 1.30 is there, and they shut down in December 2026.
RETIRED_HOSTS = ("gcr.io/istio-release", "registry.istio.io", "istio-release.storage.googleapis.com")


def retired(text: object) -> bool:
    """Check whether a value names a host that Istio has left."""
    return isinstance(text, str) and any(host in text for host in RETIRED_HOSTS)


def _unscaled(scaling: Any) -> bool:
    return isinstance(scaling, dict) and scaling.get("enabled") is False


def _nothing_resolved(
    name: str, path: tuple[str, ...], *, example: Mapping[str, Any], accepted: Mapping[str, Any]
) -> Refused:
    return Refused(
        name=name,
        surface=("coredns",),
        path=path,
        when=none,
        example=example,
        accepted=accepted,
        reason="is 0: pods could not resolve any name in the cluster.",
        remedy="Use 2 or more, or remove it.",
    )


ADDONS = (
    Refused(
        name="corefile upstream",
        surface=("coredns",),
        path=("corefile",),
        when=lambda value: bool(re.search(r"(^|[\s{])upstream(\s|$)", str(value))),
        example={"corefile": ".:53 {\n    upstream\n}\n"},
        accepted={"corefile": ".:53 {\n    forward . upstream.example.org\n}\n"},
        reason="contains `upstream`, which CoreDNS 1.7 removed: running pods keep the old Corefile, and restarted pods "
        "crash.",
        remedy="Remove the line.",
    ),
    Refused(
        name="corefile kubernetes twice",
        surface=("coredns",),
        path=("corefile",),
        when=lambda value: len(re.findall(r"(?m)^\s*kubernetes\s", str(value))) > 1,
        example={"corefile": ".:53 {\n    kubernetes cluster.local\n}\nother:53 {\n    kubernetes other\n}\n"},
        accepted={"corefile": ".:53 {\n    kubernetes cluster.local\n}\nother:53 {\n    forward . 10.0.0.2\n}\n"},
        reason="has two server blocks with the kubernetes plugin: each watches the whole API, and the second has no "
        "health, ready or metrics endpoint.",
        remedy="Keep the kubernetes plugin in one block; a block that only forwards is fine.",
    ),
    Refused(
        name="replicaCount beside autoScaling",
        surface=("coredns",),
        path=(),
        when=lambda values: values.get("replicaCount") is not None and not _unscaled(values.get("autoScaling", {})),
        example={"replicaCount": 3},
        accepted={"replicaCount": 3, "autoScaling": {"enabled": False}},
        reason="sets replicaCount while autoScaling is on: the add-on accepts one of the two, and EKS rejects both.",
        remedy="Set autoScaling.minReplicas instead, or add autoScaling: {enabled: false} beside replicaCount.",
    ),
    _nothing_resolved(
        "coredns replicaCount 0",
        ("replicaCount",),
        example={"replicaCount": 0, "autoScaling": {"enabled": False}},
        accepted={"replicaCount": 2, "autoScaling": {"enabled": False}},
    ),
    _nothing_resolved(
        "coredns autoScaling 0",
        ("autoScaling", "minReplicas"),
        example={"autoScaling": {"minReplicas": 0}},
        accepted={"autoScaling": {"minReplicas": 2}},
    ),
    Refused(
        name="controller replicaCount 0",
        surface=CONTROLLER,
        path=("replicaCount",),
        when=none,
        example={"replicaCount": 0},
        accepted={"replicaCount": 2},
        reason="is 0: no gateway pod would be registered with its load balancer.",
        remedy="Use 2 or more, or remove it.",
    ),
    Refused(
        name="enableServiceMutatorWebhook",
        surface=CONTROLLER,
        path=("enableServiceMutatorWebhook",),
        when=lambda value: value is None or on(value),
        example={"enableServiceMutatorWebhook": True},
        accepted={"enableServiceMutatorWebhook": False},
        reason="is not supported: with this webhook no Service in the cluster can be created while the controller is "
        "down.",
        remedy="Remove it; the webhook is already off.",
    ),
    Refused(
        name="controller account",
        surface=CONTROLLER,
        path=("serviceAccount", "name"),
        when=lambda value: value != names.CONTROLLER_NAME,
        example={"serviceAccount": {"name": "x"}},
        accepted={"serviceAccount": {"name": "aws-load-balancer-controller"}},
        reason="is not supported: EKS Pod Identity grants the controller's role to one ServiceAccount by name.",
        remedy="Remove it.",
    ),
)

EVERYWHERE = (
    Refused(
        name="retired host",
        path=(ANYWHERE, "*"),
        when=retired,
        example={"hub": "gcr.io/istio-release"},
        accepted={"hub": "docker.io/istio"},
        reason="names a retired host: Istio has not published there since 1.31, and it shuts down in December 2026.",
        remedy=f"Use docker.io/istio or your copy of it; charts are at {versions.ISTIO_CHARTS}.",
    ),
    Refused(
        name="IstioOperator",
        path=(ANYWHERE, "kind"),
        when=lambda value: value == "IstioOperator",
        example={"kind": "IstioOperator"},
        accepted={"kind": "DaemonSet"},
        reason="has no effect in a cluster: Istio 1.24 removed the operator.",
        remedy="Write Helm values; `istioctl manifest translate` converts an IstioOperator to them.",
    ),
    Refused(
        name="both injection labels",
        path=(ANYWHERE, "*"),
        when=lambda value: isinstance(value, dict) and {names.INJECTION_LABEL, names.REVISION_LABEL} <= value.keys(),
        example={"labels": {"istio-injection": "enabled", "istio.io/rev": "stable"}},
        accepted={"labels": {"istio.io/rev": "stable"}},
        reason=f"has both {names.INJECTION_LABEL} and {names.REVISION_LABEL}: the first wins, and moving the revision "
        "tag has no effect.",
        remedy=f"Keep only {names.REVISION_LABEL}.",
    ),
    Refused(
        name="inject annotation",
        path=(ANYWHERE, "*nnotations", names.INJECT_LABEL),
        when=touched,
        example={"podAnnotations": {"sidecar.istio.io/inject": None}},
        reason="is an annotation: the webhook selects pods by the label of this name, so every pod creation calls the "
        "webhook.",
        remedy="Write it as a label.",
    ),
)
