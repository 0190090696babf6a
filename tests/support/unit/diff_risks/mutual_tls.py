"""Who speaks and takes plain text in the mesh: PeerAuthentications, and DestinationRules of their callers."""

from typing import Any

from tests.support.unit.diff_risks.case import Case, Cases, Resource
from tests.support.unit.diff_risks.resources import namespace
from tests.support.unit.diff_world import kubernetes

WEB_PODS = {"matchLabels": {"app": "web"}}


def namespace_with_mtls(mode: str | None, name: str = "istio-system", **spec: Any) -> list[Resource]:
    return [namespace(name), kubernetes("PeerAuthentication", "default", name, spec={"mtls": {"mode": mode}, **spec})]


def destination_rule(host: str, mode: str) -> Resource:
    return kubernetes("DestinationRule", "a", "shop", spec={"host": host, "trafficPolicy": {"tls": {"mode": mode}}})


def destination_rule_of_a_subset(mode: str) -> Resource:
    subset = {"name": "v1", "trafficPolicy": {"tls": {"mode": mode, "sni": "a"}}}
    return kubernetes("DestinationRule", "a", "shop", spec={"host": "web", "subsets": [subset]})


def destination_rule_of_a_port(mode: str) -> Resource:
    port = {"port": {"number": 80}, "tls": {"credentialName": "a", "mode": mode}}
    spec = {"host": "web", "trafficPolicy": {"portLevelSettings": [port]}}
    return kubernetes("DestinationRule", "a", "shop", spec=spec)


RISKY: Cases = {
    "mutual-tls-is-loosened": [
        Case(
            id="mode",
            before=namespace_with_mtls("STRICT"),
            after=namespace_with_mtls("PERMISSIVE"),
            says="STRICT \u2192 PERMISSIVE",
        ),
        Case(
            id="gone",
            before=namespace_with_mtls("STRICT"),
            after=[namespace("istio-system")],
            says="STRICT \u2192 not set",
        ),
        Case(
            id="port",
            before=namespace_with_mtls("STRICT"),
            after=namespace_with_mtls("STRICT", portLevelMtls={"80": {"mode": "DISABLE"}}),
            says="portLevelMtls.80.mode",
        ),
        Case(
            id="new-and-loose", before=[namespace("shop")], after=namespace_with_mtls("DISABLE", "shop"), says="DISABLE"
        ),
        Case(
            id="destination-rule",
            after=[kubernetes("DestinationRule", "a", "shop", spec={"trafficPolicy": {"tls": {"mode": "DISABLE"}}})],
            says="without mutual TLS",
        ),
        Case(
            id="beside-other-keys",
            before=[destination_rule_of_a_subset("ISTIO_MUTUAL")],
            after=[destination_rule_of_a_subset("DISABLE")],
            says="subset v1 tls.mode: ISTIO_MUTUAL \u2192 DISABLE",
        ),
        Case(
            id="port-of-a-rule",
            after=[destination_rule_of_a_port("DISABLE")],
            says="port 80 tls.mode: not set \u2192 DISABLE",
        ),
        Case(id="everywhere", after=[destination_rule("*.local", "DISABLE")], says="not set \u2192 DISABLE"),
        Case(
            id="simple-inside",
            after=[destination_rule("web.shop.svc.cluster.local", "SIMPLE")],
            says="not set \u2192 SIMPLE",
        ),
        Case(
            id="outside",
            before=[destination_rule("api.example.com", "SIMPLE")],
            after=[destination_rule("api.example.com", "DISABLE")],
            says="SIMPLE \u2192 DISABLE",
        ),
        Case(
            id="selector",
            before=namespace_with_mtls("STRICT"),
            after=namespace_with_mtls("STRICT", selector=WEB_PODS),
            says="mtls.mode: STRICT no longer applies to every workload that it applied to",
        ),
        Case(
            id="wider-and-loose",
            before=namespace_with_mtls("PERMISSIVE", selector=WEB_PODS),
            after=namespace_with_mtls("PERMISSIVE"),
            says="mtls.mode: PERMISSIVE applies to more workloads",
        ),
    ],
}

CALM: Cases = {
    "mutual-tls-is-loosened": [
        Case(id="tightened", before=namespace_with_mtls("PERMISSIVE"), after=namespace_with_mtls("STRICT")),
        Case(id="with-its-namespace", before=namespace_with_mtls("STRICT", "shop")),
        Case(id="new-and-strict", before=[namespace()], after=namespace_with_mtls("STRICT", "shop")),
        Case(
            id="strict-for-more",
            before=namespace_with_mtls("STRICT", selector=WEB_PODS),
            after=namespace_with_mtls("STRICT"),
        ),
        Case(
            id="loose-for-fewer",
            before=namespace_with_mtls("PERMISSIVE"),
            after=namespace_with_mtls("PERMISSIVE", selector=WEB_PODS),
        ),
        Case(id="tls-to-the-outside", after=[destination_rule("api.example.com", "SIMPLE")]),
        Case(id="no-tls-to-the-outside", after=[destination_rule("api.example.com", "DISABLE")]),
        Case(
            id="rule-tightened",
            before=[destination_rule_of_a_subset("DISABLE")],
            after=[destination_rule_of_a_subset("ISTIO_MUTUAL")],
        ),
        Case(id="rule-gone", before=[namespace(), destination_rule("web", "ISTIO_MUTUAL")], after=[namespace()]),
    ],
}
