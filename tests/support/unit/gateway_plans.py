"""Plans of gateways, over every combination of their settings."""

import json
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components.gateways import objects
from components.gateways import plan as gateways
from components.gateways.plan import GatewayPlan
from components.settings import Gateway
from tests.support.unit.mesh_settings import mesh

ARN = "arn:aws:acm:us-west-2:111122223333:certificate/0123abcd"
TLS: dict[str, dict[str, str]] = {
    "none": {},
    "self-signed": {"mode": "self-signed"},
    "secret": {"mode": "secret", "secretName": "www"},
    "acm": {"mode": "acm", "certificateArn": ARN},
}
HOSTS = ["shop/www.example.org", "shop/*.example.com", "bookinfo/*"]


def settings_of(**written: Any) -> Gateway:
    """Settings as they stand in a stack file."""
    return Gateway.model_validate_json(json.dumps({"hosts": HOSTS, **written}))


anything = st.builds(
    settings_of,
    scheme=st.sampled_from(["internet-facing", "internal"]),
    hosts=st.lists(st.sampled_from(HOSTS), min_size=1, unique=True),
    allowedCidrs=st.lists(st.sampled_from(["203.0.113.0/24", "198.51.100.7/32"]), unique=True),
    crossZone=st.booleans(),
    clientIp=st.sampled_from(["preserve", "proxy-protocol", "none"]),
    tls=st.sampled_from(list(TLS.values())),
    replicas=st.sampled_from([None, {"min": 2, "max": 5}]),
    idleTimeoutSeconds=st.integers(60, 6000),
)
for_anything = given(gateway=anything)
often = hypothesis_settings(max_examples=50)


def plan_of(gateway: Gateway) -> GatewayPlan:
    return gateways.plan("public", gateway, mesh(size="medium"))


def served(tls: str, **written: Any) -> GatewayPlan:
    return plan_of(settings_of(tls=TLS[tls], **written))


def servers(plan: GatewayPlan) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = objects.istio_gateway(plan)["spec"]["servers"]
    return found
