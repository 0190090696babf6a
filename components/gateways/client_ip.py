"""How a gateway learns the client's address: what the target group and the proxy are told, always together."""

from dataclasses import dataclass
from typing import Any, Literal

ClientIp = Literal["preserve", "proxy-protocol", "none"]


@dataclass(frozen=True, kw_only=True)
class ClientIpPlan:
    """Both sides of one decision.

    preserve_client_ip, proxy_protocol: attributes of every target group.
    topology: ``gatewayTopology`` of the proxy's configuration.
    env: environment of the gateway pods.
    """

    preserve_client_ip: bool
    proxy_protocol: bool
    topology: dict[str, Any]
    env: dict[str, str]


def client_ip(mode: ClientIp) -> ClientIpPlan:
    """What ``mode`` means at the target group and at the gateway.

    preserve: packets keep the client's address. A pod cannot reach, through the NLB, a gateway pod of its own node.
    proxy-protocol: the NLB announces the client in front of the bytes, health checks included. A gateway that expects
        the header takes no connection without it, the NLB's health check on the status port only if told by ``env``.
    none: everybody is the NLB.
    An NLB adds no X-Forwarded-For, so no address in that header is trusted in any mode: a client could have written it.
    """
    announced = mode == "proxy-protocol"
    topology: dict[str, Any] = {"numTrustedProxies": 0}
    if announced:
        # An empty message of proxy.proto: its presence is the switch.
        topology["proxyProtocol"] = {}
    return ClientIpPlan(
        preserve_client_ip=mode == "preserve",
        proxy_protocol=announced,
        topology=topology,
        env={"ENVOY_STATUS_PORT_ENABLE_PROXY_PROTOCOL": "true"} if announced else {},
    )
