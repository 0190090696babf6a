"""Resources that cases of several areas change."""

from collections.abc import Mapping
from typing import Any

from tests.support.unit import diff_world as world
from tests.support.unit.diff_risks.case import Resource
from tests.support.unit.diff_world import kubernetes, resource


def cluster(**inputs: Any) -> Resource:
    return resource("eks:index:Cluster", "cluster", inputs, custom=False, remote=True)


def load_balancer(**inputs: Any) -> Resource:
    return resource("aws:lb/loadBalancer:LoadBalancer", "public", inputs)


def release(name: str, chart: str, version: str = "1.31.1", **values: Any) -> Resource:
    inputs = {"name": name, "chart": chart, "version": version, "values": values}
    return resource("kubernetes:helm.sh/v3:Release", name, inputs)


def namespace(name: str = "shop", **labels: str) -> Resource:
    return resource("kubernetes:core/v1:Namespace", name, world.manifest("Namespace", name, labels=labels))


def gateway(modes: Mapping[int, str | None]) -> Resource:
    """Istio's own, with a TLS mode for each port."""
    servers = [{"port": {"number": port}, **({"tls": {"mode": mode}} if mode else {})} for port, mode in modes.items()]
    return kubernetes("Gateway", "public", "gateway-public", spec={"servers": servers})


def tag_webhook(service: str) -> Resource:
    """Of the revision tag: ``service`` injects."""
    webhooks = [{"name": "a", "clientConfig": {"service": {"name": service}}}]
    return kubernetes("MutatingWebhookConfiguration", "tag", webhooks=webhooks)
