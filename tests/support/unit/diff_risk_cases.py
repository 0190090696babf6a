"""Changes by the rule that finds them, and changes that the same rule has to let pass."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ops.diff.changes import Comparison
from tests.support.unit import diff_world as world
from tests.support.unit.diff_world import Document, component, document, kubernetes, resource

Resource = Mapping[str, Any]
RELEASE = "kubernetes:helm.sh/v3:Release"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RESTRICTED, BASELINE = ({"pod-security.kubernetes.io/enforce": each} for each in ("restricted", "baseline"))


@dataclass(frozen=True, kw_only=True)
class Case:
    """Resources and outputs before and after. says: a part of what is told, of one of so many findings."""

    id: str
    before: Sequence[Resource] = ()
    after: Sequence[Resource] = ()
    outputs: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})
    says: str = ""
    findings: int = 1
    removed: bool = field(default=False)

    def comparison(self) -> Comparison:
        return world.compared(self._document(self.before, 0), None if self.removed else self._document(self.after, 1))

    def unchanged(self) -> Comparison:
        return world.compared(self._document(self.before, 0), self._document(self.before, 0))

    def _document(self, resources: Sequence[Resource], side: int) -> Document:
        return document(*resources, outputs=self.outputs[side])


def vpc(cidr: str = "10.0.0.0/16", name: str = "network", **options: Any) -> Resource:
    return resource("aws:ec2/vpc:Vpc", name, {"cidrBlock": cidr, "tags": {"Name": name}}, **options)


def cluster(**inputs: Any) -> Resource:
    return resource("eks:index:Cluster", "cluster", inputs, custom=False, remote=True)


def release(name: str, chart: str, version: str = "1.31.1", **values: Any) -> Resource:
    return resource(RELEASE, name, {"name": name, "chart": chart, "version": version, "values": values})


def namespace(name: str = "shop", **labels: str) -> Resource:
    return resource("kubernetes:core/v1:Namespace", name, world.manifest("Namespace", name, labels=labels))


def mtls(mode: str | None, name: str = "istio-system", **spec: Any) -> list[Resource]:
    return [namespace(name), kubernetes("PeerAuthentication", "default", name, spec={"mtls": {"mode": mode}, **spec})]


def policy(*rules: Any, name: str = "web", action: str = "ALLOW", **spec: Any) -> Resource:
    return kubernetes("AuthorizationPolicy", name, "shop", spec={"action": action, "rules": list(rules), **spec})


def allow(*principals: str, methods: Sequence[str] = ("GET",)) -> dict[str, Any]:
    source = {"source": {"principals": list(principals)}}
    return {"from": [source], "to": [{"operation": {"methods": list(methods)}}]}


def calls(host: str, mode: str, *, namespace: str = "shop", **tls: str) -> Resource:
    policy_ = {"tls": {"mode": mode, **tls}}
    return kubernetes("DestinationRule", "a", namespace, spec={"host": host, "trafficPolicy": policy_})


def subset_calls(mode: str) -> Resource:
    subset = {"name": "v1", "trafficPolicy": {"tls": {"mode": mode, "sni": "a"}}}
    return kubernetes("DestinationRule", "a", "shop", spec={"host": "web", "subsets": [subset]})


def port_calls(mode: str) -> Resource:
    port = {"port": {"number": 80}, "tls": {"credentialName": "a", "mode": mode}}
    return kubernetes(
        "DestinationRule", "a", "shop", spec={"host": "web", "trafficPolicy": {"portLevelSettings": [port]}}
    )


def sidecar(*hosts: str, namespace: str = "shop", **spec: Any) -> Resource:
    return kubernetes("Sidecar", "default", namespace, spec={"egress": [{"hosts": list(hosts)}], **spec})


def scoped(*sidecars: Resource) -> list[Resource]:
    """In the mesh's own namespace and one of a team."""
    return [namespace("istio-system"), namespace("shop"), *sidecars]


def gateway(**ports: str | None) -> Resource:
    servers = [
        {"port": {"number": int(port[1:])}, **({"tls": {"mode": mode}} if mode else {})} for port, mode in ports.items()
    ]
    return kubernetes("Gateway", "public", "gateway-public", spec={"servers": servers})


def webhook(service: str) -> Resource:
    return kubernetes(
        "MutatingWebhookConfiguration", "tag", webhooks=[{"name": "a", "clientConfig": {"service": {"name": service}}}]
    )


def ingress(cidr: str, port: int = 443, last: int = 0) -> Resource:
    inputs = {"cidrIpv4": cidr, "fromPort": port, "toPort": last or port, "ipProtocol": "tcp"}
    return resource(INGRESS, "in", inputs)


def statement(*actions: str, where: str = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": where, **rest}


def role_policy(*actions: str, where: str = "*", **rest: Any) -> Resource:
    return statements(statement(*actions, where=where, **rest))


def statements(*said: Mapping[str, Any], type_: str = "aws:iam/rolePolicy:RolePolicy", **options: Any) -> Resource:
    return resource(type_, "writes", {"policy": json.dumps({"Statement": list(said)})}, **options)


def key_policy(*principals: str) -> Resource:
    said = statement("kms:Decrypt", Principal={"AWS": list(principals)})
    return statements(said, type_="aws:kms/key:Key")


def when(operator: str, *values: str) -> dict[str, Any]:
    return {operator: {"aws:SourceArn": list(values)}}


def trusts(*services: str) -> Resource:
    said = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return resource("aws:iam/role:Role", "writer", {"assumeRolePolicy": json.dumps({"Statement": [said]})})


def template(**inputs: Any) -> Resource:
    return resource("aws:ec2/launchTemplate:LaunchTemplate", "nodes", inputs)


def balancer(**inputs: Any) -> Resource:
    return resource("aws:lb/loadBalancer:LoadBalancer", "public", inputs)


def target_group(**inputs: Any) -> Resource:
    return resource("aws:lb/targetGroup:TargetGroup", "public-80", inputs)


def listener(port: int = 80) -> Resource:
    return resource("aws:lb/listener:Listener", "public-80", {"port": port, "loadBalancerArn": "[unknown]"})


def budget(**spec: Any) -> Resource:
    return kubernetes("PodDisruptionBudget", "web", "shop", spec={"selector": {"matchLabels": {"app": "web"}}, **spec})


def deployment(**spec: Any) -> Resource:
    template_ = {"metadata": {"labels": {"app": "web"}}, "spec": spec}
    return kubernetes("Deployment", "web", "shop", spec={"template": template_})


def generations(root: int = 1, signing: int = 1, listed: Sequence[int] = (1,)) -> dict[str, Any]:
    def numbered(numbers: Sequence[int]) -> list[dict[str, int]]:
        return [{"number": each} for each in numbers]

    return {
        "certificates": {
            "phase": "stable",
            "root": {"generations": numbered([root]), "signing": root},
            "intermediate": {"generations": numbered(listed), "signing": signing},
        }
    }


def cacerts(*certificates: str, **inputs: Any) -> Resource:
    made = world.manifest("Secret", "cacerts", "istio-system", stringData="[secret]", **inputs)
    urns = [
        f"urn:pulumi:dev::istio-eks::tls:index/locallySignedCert:LocallySignedCert::{each}" for each in certificates
    ]
    return resource("kubernetes:core/v1:Secret", "cacerts", made, dependencies=urns)


def key(name: str, **options: Any) -> Resource:
    return resource("tls:index/privateKey:PrivateKey", name, {"algorithm": "ECDSA"}, **options)


WEB = {"matchLabels": {"app": "web"}}
DENY = statement("s3:Delete*", Effect="Deny")
ROLE_URN = "urn:pulumi:dev::istio-eks::aws:iam/role:Role::writer"
NET = component("istio-eks:network:Network", "network")
NETWORKING = component("istio-eks:network:Network", "net")
OTHER_NAME = {"name": "b", "urn": "urn:pulumi:dev::istio-eks::kubernetes:any/v1:Gateway::b"}
ALIASED = component("istio-eks:network:Network", "net", aliases=[{"spec": {"name": "network"}}])

RISKY: dict[str, list[Case]] = {
    "state-is-lost": [
        Case(id="removed", before=[vpc()], says="network (Vpc): is removed"),
        Case(id="replaced", before=[vpc()], after=[vpc("10.0.0.0/18")], says="is replaced"),
        Case(
            id="cluster", before=[cluster(name="a")], after=[cluster(name="b")], says="cluster (Cluster): is replaced"
        ),
        Case(id="protected", before=[key("root-1", protect=True)], says="it is protected: `up` fails"),
        Case(id="protected-of-any-type", before=[{**webhook("a"), "options": {**world.OPTIONS, "protect": True}}]),
        Case(id="charts", before=[release("istio-base", "base")], says="Istio's CRDs"),
        Case(id="namespace", before=[namespace()], says="every object in it"),
    ],
    "replacement-is-unknown": [
        Case(id="cluster", before=[cluster(proxy="a")], after=[cluster(proxy="b")], says="may be replaced (proxy)"),
    ],
    "protection-is-dropped": [
        Case(id="protect", before=[vpc(protect=True)], after=[vpc()], says="options.protect: was true"),
        Case(id="retain", before=[vpc(retainOnDelete=True)], after=[vpc()], says="options.retainOnDelete"),
        Case(
            id="deletion-protection",
            before=[balancer(enableDeletionProtection=True)],
            after=[balancer(enableDeletionProtection=False)],
            says="enableDeletionProtection: was true",
        ),
    ],
    "urn-changes-without-alias": [
        Case(
            id="component",
            before=[NET, vpc(parent=NET)],
            after=[NETWORKING, vpc(name="net", parent=NETWORKING)],
            says="network \u2192 net: 1 resource",
        ),
        Case(
            id="same-object",
            before=[kubernetes("Gateway", "a", "x")],
            after=[kubernetes("Gateway", "a", "x") | OTHER_NAME],
            says="xa (Gateway) \u2192 b (Gateway)",
        ),
        Case(id="moved-to-a-parent", before=[vpc()], after=[NET, vpc(parent=NET)], says="network (Vpc) \u2192 network"),
    ],
    "stack-is-dropped": [Case(id="dropped", before=[vpc(), cluster()], removed=True, says="its 2 resources stay")],
    "certificate-authority-changes": [
        Case(
            id="intermediate-signs",
            outputs=(generations(listed=(1, 2)), generations(listed=(1, 2), signing=2)),
            says="intermediate 2: signs in the place of 1.",
        ),
        Case(
            id="root-at-once",
            outputs=(generations(), generations(root=2)),
            says="root 2: signs in the place of 1. It is listed only now",
            findings=3,
        ),
        Case(id="one-side", outputs=({}, generations()), says="cannot be compared"),
    ],
    "cacerts-changes": [
        Case(id="made-of-others", before=[cacerts("i-1")], after=[cacerts("i-2")], says="+ i-2, - i-1"),
        Case(id="changed", before=[cacerts()], after=[cacerts(type="Opaque")], says="is replaced"),
        Case(id="gone", before=[cacerts()], says="is removed"),
        Case(
            id="certificate",
            before=[resource("tls:index/selfSignedCert:SelfSignedCert", "root-1", {"validityPeriodHours": 1})],
            after=[resource("tls:index/selfSignedCert:SelfSignedCert", "root-1", {"validityPeriodHours": 2})],
            says="is replaced: validityPeriodHours",
        ),
    ],
    "trust-domain-changes": [
        Case(id="other", outputs=({"trustDomain": "a"}, {"trustDomain": "b"}), says="a \u2192 b"),
    ],
    "version-skips-a-minor": [
        Case(id="kubernetes", before=[cluster(version="1.34")], after=[cluster(version="1.36")], says="skips 1 minor"),
        Case(id="back", before=[cluster(version="1.36")], after=[cluster(version="1.35")], says="goes back"),
        Case(id="istio", outputs=({"istioVersion": "1.29.2"}, {"istioVersion": "1.31.1"}), says="skips 1 minor"),
        Case(id="major", before=[release("a", "a", "1.9.0")], after=[release("a", "a", "2.0.0")], says="another major"),
    ],
    "running-istiod-goes": [
        Case(
            id="of-the-mesh",
            before=[release("istiod-1-31-1", "istiod")],
            outputs=({"istioVersion": "1.31.1"}, {"istioVersion": "1.32.0"}),
            says="`up` refuses that",
        ),
        Case(id="canary", before=[release("istiod-1-32-0", "istiod", "1.32.0")], says="restart what it injected first"),
    ],
    "webhook-or-tag-moves": [
        Case(
            id="moves",
            before=[webhook("istiod-a")],
            after=[webhook("istiod-b")],
            says="istiod-b in the place of istiod-a",
        ),
        Case(id="goes", before=[webhook("istiod-a")], says="goes"),
        Case(id="new", after=[webhook("istiod-a")], says="is new"),
        Case(id="tag", outputs=({"revisionTag": "stable"}, {"revisionTag": "next"}), says="stable \u2192 next"),
        Case(
            id="label",
            before=[namespace(**{"istio.io/rev": "stable"})],
            after=[namespace(**{"istio.io/rev": "next"})],
            says="istio.io/rev: stable \u2192 next",
        ),
    ],
    "mutual-tls-is-loosened": [
        Case(id="mode", before=mtls("STRICT"), after=mtls("PERMISSIVE"), says="STRICT \u2192 PERMISSIVE"),
        Case(id="gone", before=mtls("STRICT"), after=[namespace("istio-system")], says="STRICT \u2192 not set"),
        Case(
            id="port",
            before=mtls("STRICT"),
            after=mtls("STRICT", portLevelMtls={"80": {"mode": "DISABLE"}}),
            says="portLevelMtls.80.mode",
        ),
        Case(id="new-and-loose", before=[namespace("shop")], after=mtls("DISABLE", "shop"), says="DISABLE"),
        Case(
            id="destination-rule",
            after=[kubernetes("DestinationRule", "a", "shop", spec={"trafficPolicy": {"tls": {"mode": "DISABLE"}}})],
            says="without mutual TLS",
        ),
        Case(
            id="beside-other-keys",
            before=[subset_calls("ISTIO_MUTUAL")],
            after=[subset_calls("DISABLE")],
            says="subset v1 tls.mode: ISTIO_MUTUAL \u2192 DISABLE",
        ),
        Case(
            id="port-of-a-rule",
            after=[port_calls("DISABLE")],
            says="port 80 tls.mode: not set \u2192 DISABLE",
        ),
        Case(id="everywhere", after=[calls("*.local", "DISABLE")], says="not set \u2192 DISABLE"),
        Case(id="simple-inside", after=[calls("web.shop.svc.cluster.local", "SIMPLE")], says="not set \u2192 SIMPLE"),
        Case(
            id="outside",
            before=[calls("api.example.com", "SIMPLE")],
            after=[calls("api.example.com", "DISABLE")],
            says="SIMPLE \u2192 DISABLE",
        ),
        Case(
            id="selector",
            before=mtls("STRICT"),
            after=mtls("STRICT", selector=WEB),
            says="mtls.mode: STRICT no longer holds for all that it held for",
        ),
        Case(
            id="wider-and-loose",
            before=mtls("PERMISSIVE", selector=WEB),
            after=mtls("PERMISSIVE"),
            says="mtls.mode: PERMISSIVE holds for more workloads",
        ),
    ],
    "authorization-is-loosened": [
        Case(
            id="principal",
            before=[policy(allow("a"))],
            after=[policy(allow("a", "b"))],
            says="allows more: principals b",
        ),
        Case(id="anybody", before=[policy(allow("a"))], after=[policy({})], says="anybody to anything"),
        Case(
            id="method",
            before=[policy(allow("a"))],
            after=[policy(allow("a", methods=("GET", "POST")))],
            says="methods POST",
        ),
        Case(
            id="new",
            before=[namespace()],
            after=[namespace(), policy(allow("a"))],
            says="allows more",
        ),
        Case(id="deny-by-default", before=[namespace(), policy()], after=[namespace()], says="goes"),
        Case(id="deny", before=[namespace(), policy({}, action="DENY")], after=[namespace()], says="refuses less"),
        Case(id="action", before=[policy({}, action="DENY")], after=[policy({})], says="action: DENY \u2192 ALLOW"),
        Case(
            id="target",
            before=[policy(selector={"matchLabels": {"app": "a"}})],
            after=[policy(selector={"matchLabels": {"app": "b"}})],
            says="other workloads",
        ),
    ],
    "way-out-is-opened": [
        Case(
            id="outbound",
            before=[release("istiod", "istiod", meshConfig={"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}})],
            after=[release("istiod", "istiod", meshConfig={"outboundTrafficPolicy": {"mode": "ALLOW_ANY"}})],
            says="REGISTRY_ONLY \u2192 ALLOW_ANY",
        ),
        Case(
            id="rendered",
            before=[kubernetes("ConfigMap", "istio", "istio-system", data={"mesh": "a: 1\nmode: REGISTRY_ONLY\n"})],
            after=[kubernetes("ConfigMap", "istio", "istio-system", data={"mesh": "a: 1\nmode: ALLOW_ANY\n"})],
            says="REGISTRY_ONLY is gone",
        ),
        Case(id="scope", before=[sidecar("./*")], after=[sidecar("./*", "*/*")], says="*/* added"),
        Case(
            id="root-goes",
            before=scoped(sidecar("./*", namespace="istio-system")),
            after=scoped(),
            says="istio-system/default (Sidecar): goes: */* is in reach",
        ),
        Case(
            id="own-goes",
            before=scoped(sidecar("./*"), sidecar("./*", "istio-system/*", namespace="istio-system")),
            after=scoped(sidecar("./*", "istio-system/*", namespace="istio-system")),
            says="shop/default (Sidecar): goes: istio-system/* is in reach",
        ),
        Case(
            id="own-comes",
            before=scoped(sidecar("./*", namespace="istio-system")),
            after=scoped(sidecar("./*", "stock/*"), sidecar("./*", namespace="istio-system")),
            says="shop/default (Sidecar): egress hosts: stock/* added",
        ),
        Case(
            id="for-fewer-workloads",
            before=scoped(sidecar("./*")),
            after=scoped(sidecar("./*", workloadSelector={"labels": {"app": "web"}})),
            says="no longer holds for all that it held for: */* is in reach",
        ),
    ],
    "gateway-tls-is-loosened": [
        Case(id="mode", before=[gateway(p443="MUTUAL")], after=[gateway(p443="SIMPLE")], says="MUTUAL \u2192 SIMPLE"),
        Case(id="none", before=[gateway(p443="SIMPLE")], after=[gateway(p443=None)], says="SIMPLE \u2192 no TLS"),
        Case(
            id="port", before=[gateway(p443="SIMPLE")], after=[gateway(p443="SIMPLE", p80=None)], says="port 80 is new"
        ),
    ],
    "pod-security-is-loosened": [
        Case(
            id="level",
            before=[namespace(**RESTRICTED)],
            after=[namespace(**BASELINE)],
            says="restricted \u2192 baseline",
        ),
        Case(id="none", before=[namespace(**RESTRICTED)], after=[namespace()], says="restricted \u2192 nothing"),
    ],
    "namespace-leaves-the-mesh": [
        Case(
            id="both-labels",
            before=[namespace(**{"istio-discovery": "enabled", "istio.io/rev": "stable"})],
            after=[namespace()],
            says="loses the label istio-discovery",
            findings=2,
        ),
    ],
    "endpoint-is-opened": [
        Case(
            id="public",
            before=[cluster(endpointPublicAccess=False)],
            after=[cluster(endpointPublicAccess=True)],
            says="on the internet",
        ),
        Case(
            id="range",
            before=[cluster(publicAccessCidrs=["8.8.8.0/24"])],
            after=[cluster(publicAccessCidrs=["8.8.8.0/24", "0.0.0.0/0"])],
            says="0.0.0.0/0 is let in",
        ),
        Case(
            id="balancer", before=[balancer(internal=True)], after=[balancer(internal=False)], says="faces the internet"
        ),
    ],
    "network-is-opened": [
        Case(id="new", after=[ingress("0.0.0.0/0")], says="lets in 0.0.0.0/0 on tcp 443"),
        Case(id="wider", before=[ingress("10.0.0.0/16")], after=[ingress("10.0.0.0/8")], says="10.0.0.0/8"),
        Case(id="ports", before=[ingress("10.0.0.0/8")], after=[ingress("10.0.0.0/8", 1, 65535)], says="tcp 1-65535"),
        Case(
            id="group",
            after=[resource(INGRESS, "in", {"referencedSecurityGroupId": "[unknown]", "ipProtocol": "-1"})],
            says="another security group on every port",
        ),
    ],
    "iam-actions-are-added": [
        Case(id="action", before=[role_policy("a:B")], after=[role_policy("a:B", "c:D")], says="allows c:D"),
        Case(id="resource", before=[role_policy("a:B", where="x")], after=[role_policy("a:B", where="y")], says="on y"),
        Case(id="new", after=[role_policy("a:*")], says="allows a:*"),
        Case(
            id="condition-gone",
            before=[role_policy("a:B", Condition={"Bool": {"x": "true"}})],
            after=[role_policy("a:B")],
            says="allows a:B.",
        ),
        Case(
            id="condition-loosened",
            before=[role_policy("a:B", Condition=when("StringEquals", "arn:x"))],
            after=[role_policy("a:B", Condition=when("StringLike", "*"))],
            says="allows a:B when StringLike aws:SourceArn *.",
        ),
        Case(
            id="condition-holds-less",
            before=[role_policy("a:B", Condition={**when("StringEquals", "x"), "Bool": {"y": "true"}})],
            after=[role_policy("a:B", Condition=when("StringEquals", "x"))],
            says="allows a:B when StringEquals aws:SourceArn x.",
        ),
        Case(
            id="deny-gone",
            before=[statements(statement("s3:*"), DENY)],
            after=[statements(statement("s3:*"))],
            says="policy refuses no longer s3:Delete*.",
        ),
        Case(
            id="deny-under-a-condition",
            before=[statements(DENY)],
            after=[statements({**DENY, "Condition": when("StringEquals", "x")})],
            says="policy refuses no longer s3:Delete*.",
        ),
        Case(id="deny-with-its-policy", before=[statements(DENY)], says="policy refuses no longer s3:Delete*."),
        Case(
            id="key-policy",
            before=[key_policy("arn:a")],
            after=[key_policy("*")],
            says="policy allows kms:Decrypt for anybody.",
        ),
        Case(
            id="other-than",
            before=[role_policy("a:B", where="x")],
            after=[statements({"Effect": "Allow", "Action": "a:B", "NotResource": "y"})],
            says="allows a:B on everything but y.",
        ),
        Case(id="trust", before=[trusts("ec2")], after=[trusts("ec2", "lambda")], says="sts:AssumeRole for lambda"),
        Case(
            id="attachment",
            after=[resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {"policyArn": "arn:aws:x"})],
            says="attaches arn:aws:x",
        ),
        Case(
            id="unknown",
            before=[role_policy("a:B")],
            after=[resource("aws:iam/rolePolicy:RolePolicy", "writes", {"policy": "[unknown]"})],
            says="known only after",
        ),
    ],
    "nodes-are-opened": [
        Case(
            id="tokens",
            before=[template(metadataOptions={"httpTokens": "required"})],
            after=[template(metadataOptions={"httpTokens": "optional"})],
            says="httpTokens: required \u2192 optional",
        ),
        Case(
            id="hops",
            before=[template(metadataOptions={"httpPutResponseHopLimit": 1})],
            after=[template(metadataOptions={"httpPutResponseHopLimit": 2})],
            says="pods get through",
        ),
        Case(
            id="disk",
            before=[template(blockDeviceMappings=[{"ebs": {"encrypted": "true"}}])],
            after=[template(blockDeviceMappings=[{"ebs": {"encrypted": "false"}}])],
            says="encrypted",
        ),
    ],
    "records-are-lost": [
        Case(id="flow-log", before=[resource("aws:ec2/flowLog:FlowLog", "flow")], says="not recorded"),
        Case(
            id="logs",
            before=[cluster(enabledClusterLogTypes=["api", "audit"])],
            after=[cluster(enabledClusterLogTypes=["api"])],
            says="loses audit",
        ),
        Case(
            id="retention",
            before=[resource("aws:cloudwatch/logGroup:LogGroup", "logs", {"retentionInDays": 90})],
            after=[resource("aws:cloudwatch/logGroup:LogGroup", "logs", {"retentionInDays": 7})],
            says="90 \u2192 7",
        ),
    ],
    "cluster-access-is-added": [
        Case(
            id="entry",
            after=[resource("aws:eks/accessEntry:AccessEntry", "a", {"principalArn": "arn:me"})],
            says="arn:me enters",
        ),
        Case(
            id="group",
            before=[resource("aws:eks/accessEntry:AccessEntry", "a", {"principalArn": "arn:me"})],
            after=[
                resource("aws:eks/accessEntry:AccessEntry", "a", {"principalArn": "arn:me", "kubernetesGroups": ["x"]})
            ],
            says="enters in x",
        ),
        Case(
            id="policy",
            after=[
                resource(
                    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
                    "a",
                    {"principalArn": "arn:me", "policyArn": "arn:aws:eks::aws:cluster-access-policy/Admin"},
                )
            ],
            says="arn:me gets Admin",
        ),
        Case(
            id="verb",
            before=[kubernetes("ClusterRole", "r", rules=[{"verbs": ["get"], "resources": ["pods"]}])],
            after=[kubernetes("ClusterRole", "r", rules=[{"verbs": ["get", "delete"], "resources": ["pods"]}])],
            says="allows delete pods",
        ),
        Case(
            id="binding",
            after=[
                kubernetes("RoleBinding", "b", "shop", roleRef={"name": "r"}, subjects=[{"kind": "Group", "name": "g"}])
            ],
            says="binds Group g to r",
        ),
    ],
    "contract-is-broken": [
        Case(id="gone", outputs=({"vpcId": "x"}, {}), says="vpcId: is no output any more"),
        Case(id="retyped", outputs=({"a": "x"}, {"a": ["x"]}), says="was a text, is a list"),
        Case(id="gateway", outputs=({"gateways": {"a": {}}}, {"gateways": {}}), says="gateways.a: goes"),
    ],
    "drain-is-loosened": [
        Case(
            id="deregistration",
            before=[target_group(deregistrationDelay=120)],
            after=[target_group(deregistrationDelay=30)],
            says="deregistrationDelay: 120 \u2192 30",
        ),
        Case(
            id="termination",
            before=[target_group(connectionTermination=False)],
            after=[target_group(connectionTermination=True)],
            says="are reset",
        ),
        Case(
            id="grace-in-values",
            before=[release("g", "gateway", terminationGracePeriodSeconds=180)],
            after=[release("g", "gateway", terminationGracePeriodSeconds=30)],
            says="terminationGracePeriodSeconds: 180 \u2192 30",
        ),
        Case(
            id="pre-stop",
            before=[deployment(lifecycle={"preStop": {"sleep": {"seconds": 130}}})],
            after=[deployment(lifecycle={"preStop": {"sleep": {"seconds": 5}}})],
            says="preStop.sleep.seconds: 130 \u2192 5",
        ),
        Case(
            id="inside-an-annotation",
            before=[release("g", "gateway", podAnnotations={"proxy": '{"terminationDrainDuration": "30s"}'})],
            after=[release("g", "gateway", podAnnotations={"proxy": '{"terminationDrainDuration": "5s"}'})],
            says="terminationDrainDuration: 30s \u2192 5s",
        ),
    ],
    "budget-is-loosened": [
        Case(
            id="floor", before=[budget(minAvailable=2)], after=[budget(minAvailable=1)], says="minAvailable: 2 \u2192 1"
        ),
        Case(
            id="ceiling",
            before=[budget(maxUnavailable=1)],
            after=[budget(maxUnavailable=2)],
            says="maxUnavailable: 1 \u2192 2",
        ),
        Case(id="gone", before=[deployment(), budget(minAvailable=1)], after=[deployment()], says="all of its pods"),
        Case(
            id="replicas",
            before=[release("g", "gateway", autoscaling={"minReplicas": 3})],
            after=[release("g", "gateway", autoscaling={"minReplicas": 1})],
            says="minReplicas: 3 \u2192 1",
        ),
    ],
    "way-in-goes": [
        Case(id="listener", before=[listener()], says="port 80 is removed"),
        Case(id="gateway", before=[gateway(p80=None)], says="404"),
    ],
}

CALM: dict[str, list[Case]] = {
    "state-is-lost": [
        Case(id="added", after=[vpc()]),
        Case(id="changed", before=[vpc()], after=[{**vpc(), "inputs": {"cidrBlock": "10.0.0.0/16"}}]),
        Case(id="stateless", before=[webhook("a")]),
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
            before=[NET, vpc(parent=NET)],
            after=[ALIASED, {**vpc(name="net", parent=ALIASED), "inputs": vpc()["inputs"]}],
        ),
        Case(id="another-thing", before=[vpc(name="a")], after=[vpc("10.9.0.0/16", name="b")]),
    ],
    "stack-is-dropped": [Case(id="all-removed", before=[vpc()])],
    "certificate-authority-changes": [Case(id="same", outputs=(generations(), generations()))],
    "cacerts-changes": [Case(id="other-secret", before=[kubernetes("Secret", "a", "shop")])],
    "trust-domain-changes": [Case(id="same", outputs=({"trustDomain": "a"}, {"trustDomain": "a"}))],
    "version-skips-a-minor": [
        Case(id="one", before=[cluster(version="1.35")], after=[cluster(version="1.36")]),
        Case(id="patch", outputs=({"istioVersion": "1.31.1"}, {"istioVersion": "1.31.0"})),
        Case(id="chart", before=[release("a", "a", "3.6.0")], after=[release("a", "a", "3.7.0")]),
    ],
    "running-istiod-goes": [
        Case(id="stays", before=[release("istiod", "istiod")], after=[release("istiod", "istiod", env={"A": "1"})])
    ],
    "webhook-or-tag-moves": [Case(id="other-label", before=[namespace(a="1")], after=[namespace(a="2")])],
    "mutual-tls-is-loosened": [
        Case(id="tightened", before=mtls("PERMISSIVE"), after=mtls("STRICT")),
        Case(id="with-its-namespace", before=mtls("STRICT", "shop")),
        Case(id="new-and-strict", before=[namespace()], after=mtls("STRICT", "shop")),
        Case(id="strict-for-more", before=mtls("STRICT", selector=WEB), after=mtls("STRICT")),
        Case(id="loose-for-fewer", before=mtls("PERMISSIVE"), after=mtls("PERMISSIVE", selector=WEB)),
        Case(id="tls-to-the-outside", after=[calls("api.example.com", "SIMPLE")]),
        Case(id="no-tls-to-the-outside", after=[calls("api.example.com", "DISABLE")]),
        Case(id="rule-tightened", before=[subset_calls("DISABLE")], after=[subset_calls("ISTIO_MUTUAL")]),
        Case(id="rule-gone", before=[namespace(), calls("web", "ISTIO_MUTUAL")], after=[namespace()]),
    ],
    "authorization-is-loosened": [
        Case(id="tightened", before=[policy(allow("a", "b"))], after=[policy(allow("a"))]),
        Case(id="with-its-namespace", before=[namespace(), policy()]),
        Case(id="of-a-new-namespace", after=[namespace(), policy(allow("a"))]),
        Case(id="deny-more", before=[namespace()], after=[namespace(), policy({}, action="DENY")]),
        Case(id="caller-gone", before=[namespace(), policy(allow("a"))], after=[namespace()]),
    ],
    "way-out-is-opened": [
        Case(id="narrowed", before=[sidecar("./*", "*/*")], after=[sidecar("./*")]),
        Case(
            id="held-already",
            before=[sidecar("stock/*")],
            after=[sidecar("stock/*", "stock/a.stock.svc.cluster.local")],
        ),
        Case(
            id="as-the-root-has-it",
            before=scoped(sidecar("./*"), sidecar("./*", namespace="istio-system")),
            after=scoped(sidecar("./*", namespace="istio-system")),
        ),
        Case(id="with-its-namespace", before=[namespace(), sidecar("./*")]),
        Case(id="of-a-new-namespace", after=[namespace(), sidecar("./*", "stock/*")]),
        Case(id="first-root", before=scoped(), after=scoped(sidecar("./*", namespace="istio-system"))),
        Case(
            id="closed",
            before=[release("istiod", "istiod", meshConfig={"outboundTrafficPolicy": {"mode": "ALLOW_ANY"}})],
            after=[release("istiod", "istiod", meshConfig={"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}})],
        ),
    ],
    "gateway-tls-is-loosened": [Case(id="tightened", before=[gateway(p443="SIMPLE")], after=[gateway(p443="MUTUAL")])],
    "pod-security-is-loosened": [
        Case(id="tightened", before=[namespace(**BASELINE)], after=[namespace(**RESTRICTED)]),
        Case(id="gone", before=[namespace(**RESTRICTED)]),
    ],
    "namespace-leaves-the-mesh": [
        Case(id="joins", before=[namespace()], after=[namespace(**{"istio.io/rev": "stable"})])
    ],
    "endpoint-is-opened": [
        Case(
            id="closed",
            before=[cluster(endpointPublicAccess=True, publicAccessCidrs=["0.0.0.0/0"])],
            after=[cluster(endpointPublicAccess=True, publicAccessCidrs=["8.8.8.0/24"])],
        )
    ],
    "network-is-opened": [
        Case(id="narrower", before=[ingress("10.0.0.0/8", 1, 99)], after=[ingress("10.0.0.0/16", 2, 98)]),
        Case(id="gone", before=[ingress("0.0.0.0/0")]),
    ],
    "iam-actions-are-added": [
        Case(id="less", before=[role_policy("a:B", "c:D")], after=[role_policy("a:B")]),
        Case(id="denied", before=[role_policy("a:B")], after=[role_policy("c:D", Effect="Deny")]),
        Case(id="within-a-pattern", before=[role_policy("a:*")], after=[role_policy("a:B", where="x")]),
        Case(
            id="condition-comes",
            before=[role_policy("a:B")],
            after=[role_policy("a:B", Condition=when("StringEquals", "x"))],
        ),
        Case(
            id="condition-tightened",
            before=[role_policy("a:B", Condition=when("StringLike", "arn:*"))],
            after=[role_policy("a:B", Condition=when("StringEquals", "arn:x"))],
        ),
        Case(id="denies-more", before=[statements(DENY)], after=[statements({**DENY, "Action": "s3:*"})]),
        Case(
            id="deny-with-its-role",
            before=[resource("aws:iam/role:Role", "writer"), statements(DENY, dependencies=[ROLE_URN])],
        ),
        Case(id="key-policy-for-fewer", before=[key_policy("*")], after=[key_policy("arn:a")]),
        Case(id="order", before=[role_policy("a:B", "c:D")], after=[role_policy("c:D", "a:B")]),
    ],
    "nodes-are-opened": [
        Case(
            id="closed",
            before=[template(metadataOptions={"httpTokens": "optional", "httpPutResponseHopLimit": 2})],
            after=[template(metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 1})],
        )
    ],
    "records-are-lost": [
        Case(
            id="longer",
            before=[resource("aws:cloudwatch/logGroup:LogGroup", "logs", {"retentionInDays": 7})],
            after=[resource("aws:cloudwatch/logGroup:LogGroup", "logs", {"retentionInDays": 0})],
        )
    ],
    "cluster-access-is-added": [
        Case(id="gone", before=[resource("aws:eks/accessEntry:AccessEntry", "a", {"principalArn": "arn:me"})]),
        Case(
            id="fewer-verbs",
            before=[kubernetes("Role", "r", "shop", rules=[{"verbs": ["get", "list"], "resources": ["pods"]}])],
            after=[kubernetes("Role", "r", "shop", rules=[{"verbs": ["get"], "resources": ["pods"]}])],
        ),
    ],
    "contract-is-broken": [
        Case(id="new-version", outputs=({"contractVersion": 1, "a": 1}, {"contractVersion": 2})),
        Case(id="added", outputs=({"a": 1}, {"a": 1, "b": 2})),
        Case(id="unknown", outputs=({"a": "[unknown]"}, {"a": {"x": 1}})),
    ],
    "drain-is-loosened": [
        Case(
            id="longer",
            before=[target_group(deregistrationDelay=30, connectionTermination=True)],
            after=[target_group(deregistrationDelay=120, connectionTermination=False)],
        )
    ],
    "budget-is-loosened": [
        Case(id="tightened", before=[budget(minAvailable=1)], after=[budget(minAvailable=2)]),
        Case(id="with-its-pods", before=[deployment(), budget(minAvailable=1)]),
        Case(
            id="left-to-an-autoscaler",
            before=[kubernetes("Deployment", "web", "shop", spec={"replicas": 3})],
            after=[kubernetes("Deployment", "web", "shop", spec={})],
        ),
    ],
    "way-in-goes": [Case(id="added", after=[listener(), gateway(p80=None)])],
}
