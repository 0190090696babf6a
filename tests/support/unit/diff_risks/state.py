"""What is lost with a resource, and what keeps it."""

from typing import Any

from tests.support.unit import diff_world as world
from tests.support.unit.diff_risks.case import Case, Cases, Resource
from tests.support.unit.diff_risks.resources import cluster, load_balancer, namespace, release, tag_webhook
from tests.support.unit.diff_world import component, kubernetes, resource


def vpc(cidr: str = "10.0.0.0/16", name: str = "network", **options: Any) -> Resource:
    return resource("aws:ec2/vpc:Vpc", name, {"cidrBlock": cidr, "tags": {"Name": name}}, **options)


def private_key(name: str, **options: Any) -> Resource:
    return resource("tls:index/privateKey:PrivateKey", name, {"algorithm": "ECDSA"}, **options)


NETWORK = component("istio-eks:network:Network", "network")
RENAMED_NETWORK = component("istio-eks:network:Network", "net")
ALIASED_NETWORK = component("istio-eks:network:Network", "net", aliases=[{"spec": {"name": "network"}}])
ANOTHER_NAME = {"name": "b", "urn": "urn:pulumi:dev::istio-eks::kubernetes:any/v1:Gateway::b"}

RISKY: Cases = {
    "state-is-lost": [
        Case(id="removed", before=[vpc()], says="network (Vpc): is removed"),
        Case(id="replaced", before=[vpc()], after=[vpc("10.0.0.0/18")], says="is replaced"),
        Case(
            id="cluster", before=[cluster(name="a")], after=[cluster(name="b")], says="cluster (Cluster): is replaced"
        ),
        Case(
            id="protected", before=[private_key("root-1", protect=True)], says="it is protected, so `up` fails midway"
        ),
        Case(id="protected-of-any-type", before=[{**tag_webhook("a"), "options": {**world.OPTIONS, "protect": True}}]),
        Case(id="charts", before=[release("istio-base", "base")], says="Istio's CRDs"),
        Case(id="namespace", before=[namespace()], says="every object in it"),
    ],
    "replacement-is-unknown": [
        Case(id="cluster", before=[cluster(proxy="a")], after=[cluster(proxy="b")], says="may be replaced (proxy)"),
    ],
    "protection-is-dropped": [
        Case(id="protect", before=[vpc(protect=True)], after=[vpc()], says="options.protect is no longer true"),
        Case(id="retain", before=[vpc(retainOnDelete=True)], after=[vpc()], says="options.retainOnDelete"),
        Case(
            id="deletion-protection",
            before=[load_balancer(enableDeletionProtection=True)],
            after=[load_balancer(enableDeletionProtection=False)],
            says="enableDeletionProtection is no longer true",
        ),
    ],
    "urn-changes-without-alias": [
        Case(
            id="component",
            before=[NETWORK, vpc(parent=NETWORK)],
            after=[RENAMED_NETWORK, vpc(name="net", parent=RENAMED_NETWORK)],
            says="network \u2192 net: 1 resource",
        ),
        Case(
            id="same-object",
            before=[kubernetes("Gateway", "a", "x")],
            after=[kubernetes("Gateway", "a", "x") | ANOTHER_NAME],
            says="xa (Gateway) \u2192 b (Gateway)",
        ),
        Case(
            id="moved-to-a-parent",
            before=[vpc()],
            after=[NETWORK, vpc(parent=NETWORK)],
            says="network (Vpc) \u2192 network",
        ),
    ],
    "stack-is-dropped": [Case(id="dropped", before=[vpc(), cluster()], removed=True, says="its 2 resources remain")],
}

CALM: Cases = {
    "state-is-lost": [
        Case(id="added", after=[vpc()]),
        Case(id="changed", before=[vpc()], after=[{**vpc(), "inputs": {"cidrBlock": "10.0.0.0/16"}}]),
        Case(id="stateless", before=[tag_webhook("a")]),
        Case(id="release", before=[release("cni", "cni")]),
    ],
    "replacement-is-unknown": [
        Case(id="known", before=[vpc()], after=[vpc("10.0.0.0/18")]),
        Case(id="new", after=[cluster(proxy="a")]),
        Case(
            id="passed-on",
            before=[cluster(publicAccessCidrs=["0.0.0.0/0"], version="1.35")],
            after=[cluster(publicAccessCidrs=["10.0.0.0/8"], version="1.36")],
        ),
    ],
    "protection-is-dropped": [Case(id="added", before=[vpc()], after=[vpc(protect=True)])],
    "urn-changes-without-alias": [
        Case(
            id="aliased",
            before=[NETWORK, vpc(parent=NETWORK)],
            after=[ALIASED_NETWORK, {**vpc(name="net", parent=ALIASED_NETWORK), "inputs": vpc()["inputs"]}],
        ),
        Case(id="another-thing", before=[vpc(name="a")], after=[vpc("10.9.0.0/16", name="b")]),
    ],
    "stack-is-dropped": [Case(id="all-removed", before=[vpc()])],
}
