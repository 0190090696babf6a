"""How a gateway learns the client's address: matching configuration of the target group and the proxy."""

from dataclasses import dataclass
from typing import Any, Literal

ClientIp = Literal["preserve", "proxy-protocol", "none"]


@dataclass(frozen=True, kw_only=True)
class ClientIpPlan:
    """Configuration of target groups and proxies."""

    preserve_client_ip: bool
    """Attribute of every target group."""
    proxy_protocol: bool
    """Attribute of every target group."""
    topology: dict[str, Any]
    """``gatewayTopology`` of the proxy's configuration."""
    env: dict[str, str]
    """Environment of the gateway pods."""


def client_ip(mode: ClientIp) -> ClientIpPlan:
    """Return the configuration of a mode.

    ``preserve``: packets keep the client's address. A pod cannot reach a gateway pod on its own node through the NLB.
    ``proxy-protocol``: the NLB sends a header with the client's address first, also for health checks. A gateway that
    expects the header accepts no connection without it; ``env`` makes the status port accept it too.
    ``none``: every client appears with the NLB's address.

    An NLB adds no X-Forwarded-For header, so no mode trusts an address in it: a client could have written it.
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
