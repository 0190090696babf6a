"""Stand-ins for what providers answer to an update."""

from collections.abc import Mapping
from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs

from ops.offline import monitor
from tests.support.unit import x509

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
