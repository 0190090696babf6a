"""Values of the gateway chart."""

from collections.abc import Mapping
from typing import Any

from ...gateways.drain import drain
from ...settings import names
from .conditions import GATEWAY, none, touched
from .row import ANYWHERE, Refused

_GRACE = drain()


def _too_short(value: Any) -> bool:
    return not isinstance(value, int) or value < _GRACE.grace


def _without_pods(
    name: str, path: tuple[str, ...], *, example: Mapping[str, Any], accepted: Mapping[str, Any]
) -> Refused:
    return Refused(
        name=name,
        surface=GATEWAY,
        path=path,
        when=none,
        example=example,
        accepted=accepted,
        reason="is 0: without pods the gateway serves no client.",
        remedy="Use 1 or more, or remove the gateway.",
    )


GATEWAYS = (
    Refused(
        name="service.type",
        surface=GATEWAY,
        path=("service", "type"),
        when=lambda value: value != "ClusterIP",
        example={"service": {"type": "LoadBalancer"}},
        accepted={"service": {"type": "ClusterIP"}},
        reason="is not supported: the NLB is a resource of this stack, and such a Service would create a second one.",
        remedy="Remove it.",
    ),
    Refused(
        name="aws-load-balancer-type",
        path=(ANYWHERE, "service.beta.kubernetes.io/aws-load-balancer-*"),
        when=touched,
        example={"service": {"annotations": {"service.beta.kubernetes.io/aws-load-balancer-type": None}}},
        reason="is not supported: the NLB is a resource of this stack, so the annotation has no effect. `type: nlb` "
        "was for the in-tree controller, which Kubernetes removed.",
        remedy="Remove it; scheme, crossZone, clientIp and idleTimeoutSeconds are settings of the gateway.",
    ),
    Refused(
        name="service.ports",
        surface=GATEWAY,
        path=("service", "ports"),
        when=touched,
        example={"service": {"ports": None}},
        reason="is not supported: tls.mode determines the ports of listeners, target groups and security-group rules.",
        remedy="Remove it; set tls.mode instead.",
    ),
    Refused(
        name="securityContext",
        surface=GATEWAY,
        path=("securityContext",),
        when=touched,
        example={"securityContext": None},
        reason="is not supported: it would replace the default of this stack, which contains the sysctl for ports 80 "
        "and 443 and the seccomp profile.",
        remedy="Remove it.",
    ),
    Refused(
        name="containerSecurityContext",
        surface=GATEWAY,
        path=("containerSecurityContext",),
        when=touched,
        example={"containerSecurityContext": None},
        reason="is not supported: it would replace the chart's default, which drops every capability.",
        remedy="Remove it.",
    ),
    Refused(
        name="proxy.istio.io/config",
        surface=GATEWAY,
        path=("podAnnotations", names.PROXY_CONFIG_ANNOTATION),
        when=touched,
        example={"podAnnotations": {"proxy.istio.io/config": None}},
        reason="is not supported: this one annotation configures drain, client address and idle timeout, and a value "
        "here would replace them all.",
        remedy="Remove it; clientIp and idleTimeoutSeconds are settings of the gateway.",
    ),
    Refused(
        name="labels.istio",
        surface=GATEWAY,
        path=("labels", "istio"),
        when=touched,
        example={"labels": {"istio": None}},
        reason="is not supported: the Istio Gateway selects its pods by this label.",
        remedy="Remove it.",
    ),
    Refused(
        name="gateway name",
        surface=GATEWAY,
        path=("name",),
        when=touched,
        example={"name": None},
        reason="is not supported: target group bindings name the Service, and policies the ServiceAccount, by the "
        "gateway's name.",
        remedy="Remove it; rename the gateway instead.",
    ),
    _without_pods(
        "gateway replicaCount 0",
        ("replicaCount",),
        example={"replicaCount": 0},
        accepted={"replicaCount": 1},
    ),
    _without_pods(
        "gateway autoscaling 0",
        ("autoscaling", "minReplicas"),
        example={"autoscaling": {"minReplicas": 0}},
        accepted={"autoscaling": {"minReplicas": 1}},
    ),
    Refused(
        name="terminationGracePeriodSeconds",
        surface=GATEWAY,
        path=("terminationGracePeriodSeconds",),
        when=_too_short,
        example={"terminationGracePeriodSeconds": _GRACE.grace - 1},
        accepted={"terminationGracePeriodSeconds": _GRACE.grace},
        reason=f"is below {_GRACE.grace}: the kubelet would kill a pod while the NLB still sends connections to it.",
        remedy=f"Remove it, or use {_GRACE.grace} or more.",
    ),
    Refused(
        name="preStop",
        surface=GATEWAY,
        path=("lifecycle", "preStop"),
        when=touched,
        example={"lifecycle": {"preStop": None}},
        reason=f"is not supported: pods must keep serving for {_GRACE.pre_stop} s, while the NLB still sends "
        "connections.",
        remedy="Remove it.",
    ),
)
