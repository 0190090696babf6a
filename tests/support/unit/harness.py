"""What the tests speak in: the graph of a stack by the names a user knows, and stand-ins for provider answers."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs

from components.settings.context import Site
from ops.offline import document, monitor, recorder, stack_file
from ops.offline.reach import Graph
from tests.support import stack_files
from tests.support.days import TODAY
from tests.support.stack_files import ROOT
from tests.support.unit import x509

REGION = "us-west-2"
ENVIRONMENT = "istio-eks-test"
TAGS = {"team": "platform"}


def site(*, protect: bool = False) -> Site:
    """Where components are built on their own."""
    return Site(environment=ENVIRONMENT, region=REGION, tags=TAGS, protect=protect)


@dataclass(frozen=True)
class Node:
    """One resource of a stack."""

    stack: "Stack"
    urn: str

    @property
    def resource(self) -> Mapping[str, Any]:
        return self.stack.graph.resources[self.urn]

    @property
    def name(self) -> str:
        return str(self.resource["name"])

    @property
    def inputs(self) -> dict[str, Any]:
        return dict(self.resource["inputs"])

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.resource["options"])

    @property
    def provider(self) -> str | None:
        provider: str | None = self.resource["provider"]
        return provider

    def reaches(self, other: "Node") -> bool:
        return self.stack.graph.reaches(self.urn, other.urn)


class Stack:
    """A recorded stack: resources by type, name or Kubernetes identity."""

    def __init__(self, built: Mapping[str, Any]) -> None:
        self.document = built
        self.graph = Graph(built)

    @property
    def nodes(self) -> list[Node]:
        return [Node(self, urn) for urn in self.graph.resources]

    def of_type(self, *types: str) -> list[Node]:
        return [node for node in self.nodes if node.resource["type"] in types]

    def one(self, type_: str, name: str) -> Node:
        found = [node for node in self.of_type(type_) if node.name == name]
        assert len(found) == 1, f"{type_} {name}: {len(found)} of {sorted(n.name for n in self.of_type(type_))}"
        return found[0]

    def component(self, name: str) -> Node:
        """The component of this name; of two in each other the outer one."""
        named = [node for node in self.nodes if node.name == name and node.resource["type"].startswith("istio-eks:")]
        found = [node for node in named if node.resource["parent"] not in {each.urn for each in named}]
        assert len(found) == 1, f"component {name}: {len(found)}"
        return found[0]

    def kubernetes(self, kind: str, name: str, namespace: str | None = None) -> Node:
        found = [
            node
            for node in self.nodes
            if node.resource["type"].startswith("kubernetes:")
            and node.resource["type"].endswith(f":{kind}")
            and node.inputs.get("metadata", {}).get("name") == name
            and namespace in (None, node.inputs["metadata"].get("namespace"))
        ]
        assert len(found) == 1, f"{kind} {namespace}/{name}: {len(found)}"
        return found[0]

    def release(self, name: str) -> Node:
        found = [node for node in self.of_type("kubernetes:helm.sh/v3:Release") if node.inputs["name"] == name]
        assert len(found) == 1, f"release {name}: {len(found)}"
        return found[0]

    def secret(self, name: str, namespace: str | None = None) -> Node:
        return self.kubernetes("Secret", name, namespace)

    @property
    def outputs(self) -> dict[str, Any]:
        return dict(self.document["outputs"])


def config(stack: str, changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Raw config of a committed stack but for its days, with some keys replaced by other raw text."""
    values = stack_file.read(stack_files.committed(stack)).values
    return {**{key: stack_files.dated(text) for key, text in values.items()}, **(changes or {})}


# What the owner of an account writes in the place of the placeholders.
OWNED = {"111122223333": "123456789012", "example.com": "acme.dev", "203.0.113.0/24": "8.8.8.0/24"}


def owned(stack: str) -> dict[str, str]:
    """Raw config of a committed stack without placeholders."""
    written = config(stack)
    for placeholder, value in OWNED.items():
        written = {key: text.replace(placeholder, value) for key, text in written.items()}
    return written


def preview(stack: str, changes: Mapping[str, str] | None = None, *, named: str = "") -> Stack:
    """The stack as a first preview sees it; ``named`` runs the settings of one stack under another name."""
    return Stack(document.build(recorder.record(ROOT, named or stack, config(stack, changes), today=TODAY)))


def update(
    stack: str,
    changes: Mapping[str, str] | None = None,
    *,
    last_outputs: Mapping[str, Any] | None = None,
    today: datetime.date = TODAY,
) -> Stack:
    """The stack as an update sees it: every provider answers."""
    answers = Answered(last_outputs)
    return Stack(document.build(recorder.record(ROOT, stack, config(stack, changes), today=today, answers=answers)))


def component(program: Callable[[], object], *, answers: monitor.Answers | None = None) -> Stack:
    """A component on its own; by default nothing is known yet."""

    def run() -> None:
        program()

    return Stack(
        document.build(recorder.record_program(run, "test", {"aws:region": REGION}, today=TODAY, answers=answers))
    )


CLUSTER_STATE = {
    "arn": "arn:aws:eks:us-west-2:123456789012:cluster/test",
    "name": "test",
    "endpoint": "https://0123456789.gr7.us-west-2.eks.amazonaws.com",
    "certificateAuthority": {"data": "Y2E="},
    "vpcConfig": {"clusterSecurityGroupId": "sg-c"},
    "accessConfig": {},
    "identities": [{"oidcs": [{"issuer": "https://oidc.eks.us-west-2.amazonaws.com/id/0123456789"}]}],
}


class Answered:
    """Providers that answer an update: ids by name, outputs by type.

    last_outputs: what the last ``up`` of the stack put out.
    """

    def __init__(self, last_outputs: Mapping[str, Any] | None = None) -> None:
        self.last_outputs = dict(last_outputs or {})

    def resource(self, args: MockResourceArgs, engine: monitor.Monitor) -> tuple[str, dict[str, Any]]:
        outputs = dict(args.inputs)
        if args.typ == "pulumi:pulumi:StackReference":
            outputs |= {"outputs": self.last_outputs, "secretOutputNames": []}
        elif args.typ == "eks:index:Cluster":
            outputs |= self._cluster(args, engine)
        elif args.typ == "eks:index:ManagedNodeGroup":
            outputs["nodeGroup"] = _hidden(engine, "aws:eks/nodeGroup:NodeGroup", args.name, {})
        elif args.typ.startswith("tls:"):
            outputs |= x509.outputs(args.typ)
        elif args.typ.startswith("aws:"):
            outputs |= self._aws(args)
        elif args.typ == "kubernetes:helm.sh/v3:Release":
            outputs |= {"status": {"status": "deployed", "name": args.name, "namespace": "any"}}
        return f"{args.name}-id", outputs

    def invoke(self, args: MockCallArgs) -> dict[str, Any]:
        return {"cidrBlock": "10.0.0.0/16", "id": "vpc-1"}

    @staticmethod
    def _aws(args: MockResourceArgs) -> dict[str, Any]:
        kind = args.typ.split("/")[-1].split(":")[0]
        return {
            "arn": f"arn:aws:test:us-west-2:123456789012:{kind}/{args.name}",
            "name": args.inputs.get("name", args.name),
            "dnsName": f"{args.name}.elb.us-west-2.amazonaws.com",
            "zoneId": "Z1",
            "latestVersion": 1,
            "cidrBlock": args.inputs.get("cidrBlock", "10.0.0.0/16"),
            "defaultSecurityGroupId": "sg-default",
        }

    @staticmethod
    def _cluster(args: MockResourceArgs, engine: monitor.Monitor) -> dict[str, Any]:
        made = _hidden(engine, "aws:eks/cluster:Cluster", f"{args.name}-eksCluster", CLUSTER_STATE)
        return {"eksCluster": made, "kubeconfigJson": "{}"}


def _hidden(engine: monitor.Monitor, type_: str, name: str, state: Mapping[str, Any]) -> dict[str, str]:
    """A resource that a remote component made inside, as a reference in the component's outputs."""
    urn = engine.make_urn("", type_, name)
    engine.resources[urn] = MockMonitor.ResourceRegistration(urn, "test", dict(state))
    return {monitor.ENVELOPE_KEY: monitor.RESOURCE_ENVELOPE, "urn": urn, "id": "test"}


def texts(value: Any) -> Iterable[str]:
    """Every string inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)
