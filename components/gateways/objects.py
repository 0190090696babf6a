"""Kubernetes objects of a gateway besides its release: Istio's Gateway and the bindings; and references to them."""

from typing import Any

from ..kubernetes.namespace import Manifest
from ..settings import names
from . import load_balancer
from .plan import GatewayPlan

# Mode acm: the NLB sends no SNI to its targets, so the server must match without a name. istiod configures that if one
# of the hosts is a bare wildcard (pilot/pkg/networking/core/listener.go toFilterChainMatch). This wildcard is limited
# to the gateway's own namespace, so no app namespace can claim more hosts than the settings allow.
ANY_SNI = "./*"


def istio_gateway(plan: GatewayPlan) -> Manifest:
    """Return the Istio Gateway, in the namespace of its pods and their certificate.

    istiod binds the port numbers unchanged. With TLS, port 80 redirects each host that a VirtualService claims; port
    443 has the hosts of the settings, and in mode acm also the wildcard ``ANY_SNI``.
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
    """Return the TargetGroupBinding by which the controller registers the Service's pods in the target group.

    Without ``networking`` the controller changes no security group; this stack manages the rules itself
    (``gateways.load_balancer.rules``).

    Args:
        plan: plan of the gateway.
        listener: listener of the target group.
        target_group_arn: ARN of the target group, or an output of it.
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
    """Return the reference to a gateway in a VirtualService: namespace/name."""
    return f"{names.gateway_workload(name)}/{name}"


def principal(name: str, trust_domain: str) -> str:
    """Return the identity of the gateway's pods, for the AuthorizationPolicies of the services that it calls."""
    workload = names.gateway_workload(name)
    return names.principal(trust_domain, workload, workload)


def outputs(plan: GatewayPlan, trust_domain: str) -> dict[str, Any]:
    """Return the outputs of a gateway in the contract, without those that AWS assigns: dnsName and hostedZoneId."""
    return {
        "gateway": gateway_reference(plan.name),
        "principal": principal(plan.name, trust_domain),
        "hosts": [str(claim) for claim in plan.hosts],
        "ports": [listener.port for listener in plan.listeners],
    }
