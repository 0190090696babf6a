"""Gateways: one plan each, for the NLB, the pods and the Istio objects.

Who may serve a host is bounded by the Istio Gateway: each host of the settings names the namespace whose
VirtualServices may claim it.
"""

from dataclasses import dataclass
from typing import Any

from ..istio import sizing
from ..istio.sizing import GatewaySizing
from ..network.addressing import HTTPS_PORT
from ..settings import Gateway, Size, names
from . import load_balancer
from .certificate import CertificatePlan, certificate
from .client_ip import ClientIpPlan, client_ip
from .drain import DrainPlan, drain

Manifest = dict[str, Any]

# Mode acm: the NLB sends no SNI to its targets, so the server must match without a name, which pilot arranges as soon
# as one of the hosts is a bare wildcard (pilot/pkg/networking/core/listener.go toFilterChainMatch). This one belongs to
# the gateway's own namespace: it opens the door and lets no app namespace claim more than the settings give it.
ANY_SNI = "./*"


@dataclass(frozen=True, kw_only=True)
class GatewayPlan:
    """One gateway of the settings, decided.

    workload: namespace, release, ServiceAccount and value of the ``istio`` label.
    sizing: resources and scale of the pods, by the mesh's size and the settings' replicas.
    pre_stop, grace: seconds of a pod's shutdown; deregistration: the target groups' part (``gateways.drain``).
    service_ports: ``service.ports`` of the chart; without the status port, which nobody outside may ask.
    proxy_config: annotation ``proxy.istio.io/config`` of the pods; env: their environment.
    certificate: what the gateway's Secret holds when it is made here; None when there is none or it is somebody else's.
    credential: name of that Secret, ours or theirs, in the gateway's namespace; None without TLS.
    """

    name: str
    workload: str
    sizing: GatewaySizing
    scheme: str
    hosts: tuple[str, ...]
    tls_mode: str
    cross_zone: bool
    listeners: tuple[load_balancer.Listener, ...]
    rules: tuple[load_balancer.Rule, ...]
    client_ip: ClientIpPlan
    pre_stop: int
    grace: int
    deregistration: int
    service_ports: list[dict[str, Any]]
    proxy_config: dict[str, Any]
    env: dict[str, str]
    certificate: CertificatePlan | None
    credential: str | None


def plan(name: str, gateway: Gateway, size: Size) -> GatewayPlan:
    """Everything that follows from the settings of the gateway ``name`` in a mesh of ``size``."""
    workload = names.gateway_workload(name)
    listeners = load_balancer.listeners(gateway)
    client = client_ip(gateway.client_ip)
    shutdown = drain()
    made = certificate(workload, gateway)
    theirs = gateway.tls.secret_name if gateway.tls.mode == "secret" else None
    return GatewayPlan(
        name=name,
        workload=workload,
        sizing=sizing.gateway(size, gateway.replicas),
        scheme=gateway.scheme,
        hosts=gateway.hosts,
        tls_mode=gateway.tls.mode,
        cross_zone=gateway.cross_zone,
        listeners=listeners,
        rules=load_balancer.rules(gateway),
        client_ip=client,
        pre_stop=shutdown.pre_stop,
        grace=shutdown.grace,
        deregistration=shutdown.deregistration,
        service_ports=[
            {"name": listener.service_port, "port": listener.port, "protocol": "TCP", "targetPort": listener.port}
            for listener in listeners
        ],
        proxy_config=_proxy_config(client, shutdown, load_balancer.idle(listeners)),
        env=client.env,
        certificate=made,
        credential=made.secret_name if made else theirs,
    )


def _proxy_config(client: ClientIpPlan, shutdown: DrainPlan, idle_seconds: int) -> dict[str, Any]:
    """Field names and JSON forms of istio.io/api ``mesh/v1alpha1/proxy.proto`` at 1.31.

    EDGE is Envoy's own advice for proxies that face strangers: small buffers, requests within 5 minutes, no
    underscores in header names, escaped slashes redirected. A field that is set wins over the profile.
    """
    return {
        "terminationDrainDuration": f"{shutdown.drain}s",
        "gatewayTopology": client.topology,
        "connectionSettings": {"profile": "EDGE", "httpIdleTimeout": f"{idle_seconds}s"},
    }


def istio_gateway(plan: GatewayPlan) -> Manifest:
    """The Istio Gateway, beside its pods and their certificate. Pilot binds the port numbers as they stand.

    With TLS, 80 redirects each host that a VirtualService claims; on 443 the hosts are those of the settings,
    in mode acm with the wildcard of ``ANY_SNI`` beside them.
    """
    http: Manifest = {"port": {"number": load_balancer.HTTP, "name": "http", "protocol": "HTTP"}}
    servers: list[Manifest] = [{**http, "hosts": list(plan.hosts)}]
    if plan.credential:
        servers[0]["tls"] = {"httpsRedirect": True}
        any_sni = [ANY_SNI] if plan.tls_mode == "acm" else []
        servers.append(
            {
                "port": {"number": HTTPS_PORT, "name": "https", "protocol": "HTTPS"},
                "hosts": [*plan.hosts, *any_sni],
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
        "hosts": list(plan.hosts),
        "ports": [listener.port for listener in plan.listeners],
    }
