"""The stacks whose releases are rendered: both committed, every size of the mesh, the tag ``default``, a canary."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from components.settings import Settings
from components.stack import reading
from tests.support.days import TODAY
from tests.support.unit import harness
from tests.support.unit.recorded import Stack

ROOMY = {"instanceTypes": ["m6i.4xlarge"], "min": 6, "max": 12}
PROXY_PROTOCOL = {"public": {"hosts": ["bookinfo/*"], "clientIp": "proxy-protocol"}}

SIZES = ("small", "medium", "large", "xlarge")
# Mesh settings over those of prod, and gateways where they differ.
CHANGED: Mapping[str, Mapping[str, Any]] = {
    **{size: {"mesh": {"size": size, "trustDomain": "mesh.example.com"}} for size in SIZES},
    "tagged": {"mesh": {"tag": "default"}},
    "canary": {"mesh": {"canaryVersion": "1.31.0"}, "gateways": PROXY_PROTOCOL},
}
VARIANTS = ("dev", "prod", *CHANGED)


@cache
def stack(variant: str) -> Stack:
    """The stack of a variant as a first preview sees it."""
    return harness.preview(*_config(variant))


@cache
def settings(variant: str) -> Settings:
    """What a variant asks for."""
    name, changes = _config(variant)
    return reading.load(harness.config(name, changes), stack=name, today=TODAY).settings


def _config(variant: str) -> tuple[str, dict[str, str]]:
    """A committed stack, and raw config over its own."""
    if variant not in CHANGED:
        return variant, {}
    changed = {key: merged(key, value) for key, value in CHANGED[variant].items()}
    return "prod", {f"istio-eks:{key}": json.dumps(value) for key, value in {**changed, "cluster": _roomy()}.items()}


def merged(key: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {**_prod(key), **changes}


def _roomy() -> dict[str, Any]:
    """Large nodes: whether they hold the mesh is not asked here."""
    return merged("cluster", {"nodes": {"system": ROOMY, "apps": ROOMY}})


def _prod(key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(harness.config("prod")[f"istio-eks:{key}"])
    return found
