"""Plan of a gateway: the NLB, the pods and the Istio objects.

The Istio Gateway limits which namespace may serve a host: each host of the settings names the namespace whose
VirtualServices may claim it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..istio import sizing
from ..istio.sizing import GatewaySizing
from ..settings import Gateway, Mesh, names
from ..settings.gateways import Scheme
from ..settings.hosts import HostClaim
from . import load_balancer
from .certificate import CertificatePlan, certificate
from .client_ip import ClientIpPlan, client_ip
from .drain import DrainPlan, drain


@dataclass(frozen=True, kw_only=True)
class GatewayPlan:
    """Plan of one gateway of the settings."""

    name: str
    """Key in the settings."""
    workload: str
    """Namespace, release, ServiceAccount and value of the ``istio`` label."""
    version: str
    """Istio version of its proxies."""
    sizing: GatewaySizing
    """Resources and scale of the pods, from ``mesh.size`` and the gateway's ``replicas``."""
    scheme: Scheme
    """Whether the NLB is internet-facing or internal."""
    hosts: tuple[HostClaim, ...]
    """Hosts that the gateway serves, each with the namespace that may claim it."""
    tls_mode: str
    """``tls.mode`` of the settings."""
    cross_zone: bool
    """Whether the NLB balances across zones."""
    listeners: tuple[load_balancer.Listener, ...]
    """Listeners of the NLB, each with its target group."""
    rules: tuple[load_balancer.Rule, ...]
    """Every security-group rule of the NLB."""
    client_ip: ClientIpPlan
    """How the gateway learns the client's address."""
    drain: DrainPlan
    """Durations of a pod's shutdown and of its deregistration."""
    service_ports: list[dict[str, Any]]
    """``service.ports`` of the chart, without the status port, which must not be reachable from outside."""
    proxy_config: dict[str, Any]
    """Annotation ``proxy.istio.io/config`` of the pods."""
    env: dict[str, str]
    """Environment of the pods."""
    certificate: CertificatePlan | None
    """Certificate that this stack creates; None without TLS, or if the settings provide a certificate."""
    credential: str | None
    """Name of the Secret with the certificate, in the gateway's namespace; None without TLS."""
    overrides: dict[str, Any]
    """Helm values of the settings."""


def plan(name: str, gateway: Gateway, mesh: Mesh) -> GatewayPlan:
    """Return the plan of the gateway ``name``."""
    workload = names.gateway_workload(name)
    listeners = load_balancer.listeners(gateway)
    client = client_ip(gateway.client_ip)
    shutdown = drain()
    made = certificate(workload, gateway)
    theirs = gateway.tls.secret_name if gateway.tls.mode == "secret" else None
    return GatewayPlan(
        name=name,
        workload=workload,
        version=mesh.version,
        sizing=sizing.gateway(mesh.size, gateway.replicas),
        scheme=gateway.scheme,
        hosts=gateway.claims,
        tls_mode=gateway.tls.mode,
        cross_zone=gateway.cross_zone,
        listeners=listeners,
        rules=load_balancer.rules(gateway),
        client_ip=client,
        drain=shutdown,
        service_ports=[
            {"name": listener.service_port, "port": listener.port, "protocol": "TCP", "targetPort": listener.port}
            for listener in listeners
        ],
        proxy_config=_proxy_config(client, shutdown, load_balancer.idle(listeners)),
        env=client.env,
        certificate=made,
        credential=made.secret_name if made else theirs,
        overrides=gateway.values,
    )


def plans(gateways: Mapping[str, Gateway], mesh: Mesh) -> dict[str, GatewayPlan]:
    """Return the plan of every gateway of the settings, by name."""
    return {name: plan(name, gateway, mesh) for name, gateway in gateways.items()}


def _proxy_config(client: ClientIpPlan, shutdown: DrainPlan, idle_seconds: int) -> dict[str, Any]:
    """Return the proxy configuration, as in istio.io/api ``mesh/v1alpha1/proxy.proto`` at 1.31.

    EDGE is Envoy's recommendation for proxies with untrusted clients: small buffers, requests of at most 5 minutes, no
    underscores in header names, escaped slashes redirected. A field that is set overrides the profile.
    """
    return {
        "terminationDrainDuration": f"{shutdown.drain}s",
        "gatewayTopology": client.topology,
        "connectionSettings": {"profile": "EDGE", "httpIdleTimeout": f"{idle_seconds}s"},
    }
