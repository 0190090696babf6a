"""The objects of a gateway beside its release: Istio's Gateway, the bindings, and how others name them."""

from typing import Any

from ..kubernetes.namespace import Manifest
from ..settings import names
from . import load_balancer
from .plan import GatewayPlan

# Mode acm: the NLB sends no SNI to its targets, so the server must match without a name, which pilot arranges as soon
# as one of the hosts is a bare wildcard (pilot/pkg/networking/core/listener.go toFilterChainMatch). This one belongs to
# the gateway's own namespace: it opens the door and lets no app namespace claim more than the settings give it.
ANY_SNI = "./*"


def istio_gateway(plan: GatewayPlan) -> Manifest:
    """The Istio Gateway, beside its pods and their certificate. Pilot binds the port numbers as they stand.

    With TLS, 80 redirects each host that a VirtualService claims; on 443 the hosts are those of the settings,
    in mode acm with the wildcard of ``ANY_SNI`` beside them.
    """
    hosts = [str(claim) for claim in plan.hosts]
    http: Manifest = {"port": {"number": load_balancer.HTTP, "name": "http", "protocol": "HTTP"}}
    servers: list[Manifest] = [{**http, "hosts": hosts}]
    if plan.credential:
        servers[0]["tls"] = {"httpsRedirect": True}
        any_sni = [ANY_SNI] if plan.tls_mode == "acm" else []
        servers.append(
            {
                "port": {"number": names.HTTPS_PORT, "name": "https", "protocol": "HTTPS"},
                "hosts": [*hosts, *any_sni],
                "tls": {"mode": "SIMPLE", "credentialName": plan.credential, "minProtocolVersion": "TLSV1_2"},
            }
        )
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": plan.name, "namespace": plan.workload},
        "spec": {"selector": {"istio": plan.workload}, "servers": servers},
    }


def binding(plan: GatewayPlan, listener: load_balancer.Listener, target_group_arn: Any) -> Manifest:
    """TargetGroupBinding: the controller registers the pods behind the Service's port in the target group.

    Without ``networking`` it leaves security groups alone; ``gateways.load_balancer.rules`` are ours.
    target_group_arn: text, or what becomes one; it is only put in its place.
    """
    return {
        "apiVersion": "elbv2.k8s.aws/v1beta1",
        "kind": "TargetGroupBinding",
        "metadata": {"name": f"{plan.workload}-{listener.group}", "namespace": plan.workload},
        "spec": {
            "targetGroupARN": target_group_arn,
            "targetType": "ip",
            "serviceRef": {"name": plan.workload, "port": listener.service_port},
        },
    }


def gateway_reference(name: str) -> str:
    """How a VirtualService names the gateway of the settings: namespace/name."""
    return f"{names.gateway_workload(name)}/{name}"


def principal(name: str, trust_domain: str) -> str:
    """Identity of the gateway's pods, for the AuthorizationPolicies of what it calls."""
    workload = names.gateway_workload(name)
    return names.principal(trust_domain, workload, workload)


def outputs(plan: GatewayPlan, trust_domain: str) -> dict[str, Any]:
    """What the contract says of a gateway, but for what AWS names: dnsName, hostedZoneId."""
    return {
        "gateway": gateway_reference(plan.name),
        "principal": principal(plan.name, trust_domain),
        "hosts": [str(claim) for claim in plan.hosts],
        "ports": [listener.port for listener in plan.listeners],
    }
