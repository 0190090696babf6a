"""Who may do what in the cluster, and what consumers of the stack rely on."""

from tests.support.unit.diff_risks.case import Case, Cases
from tests.support.unit.diff_world import kubernetes, resource

RISKY: Cases = {
    "cluster-access-is-added": [
        Case(
            id="entry",
            after=[resource("aws:eks/accessEntry:AccessEntry", "a", {"principalArn": "arn:me"})],
            says="arn:me gets access to the cluster",
        ),
        Case(
            id="group",
            before=[resource("aws:eks/accessEntry:AccessEntry", "a", {"principalArn": "arn:me"})],
            after=[
                resource("aws:eks/accessEntry:AccessEntry", "a", {"principalArn": "arn:me", "kubernetesGroups": ["x"]})
            ],
            says="gets access to the cluster (groups: x)",
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
            says="arn:me is granted Admin",
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
        Case(id="gone", outputs=({"vpcId": "x"}, {}), says="vpcId: is no longer an output"),
        Case(id="retyped", outputs=({"a": "x"}, {"a": ["x"]}), says="changes from a string to a list"),
        Case(id="gateway", outputs=({"gateways": {"a": {}}}, {"gateways": {}}), says="gateways.a: is removed"),
    ],
}

CALM: Cases = {
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
}
