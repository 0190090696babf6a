"""Resources whose deletion loses state, and their protection."""

from collections.abc import Iterator
from typing import Any

from ops.diff import renamed
from ops.diff.changes import Comparison, Kind, Replacement, ResourceChange, Sides
from ops.diff.edits import edits
from ops.diff.risks.rule import Found, Rule

# What is lost with a resource: the end of "… is removed: <this>.".
STATEFUL = {
    "aws:ec2/vpc:Vpc": "everything in the network is deleted with it",
    "aws:ec2/subnet:Subnet": "nodes and load balancers in it are deleted with it",
    "aws:ec2/eip:Eip": "its address is lost; others may have it in allow lists",
    "aws:ec2/natGateway:NatGateway": "connections out of its zone are cut",
    "aws:eks/cluster:Cluster": "the cluster and everything in it are lost",
    "eks:index:Cluster": "the cluster and everything in it are lost",
    "aws:eks/nodeGroup:NodeGroup": "its nodes and the pods on them are deleted",
    "eks:index:ManagedNodeGroup": "its nodes and the pods on them are deleted",
    "aws:kms/key:Key": "data encrypted with it cannot be decrypted",
    "aws:lb/loadBalancer:LoadBalancer": "its DNS name, its addresses and open connections are lost",
    "aws:lb/targetGroup:TargetGroup": "clients get no answer until the new one has healthy targets",
    "aws:cloudwatch/logGroup:LogGroup": "the logs in it are lost",
    "tls:index/privateKey:PrivateKey": "a key of the certificate authority is lost; there is no copy",
    "kubernetes:core/v1:Namespace": "every object in it is deleted",
    "kubernetes:core/v1:PersistentVolumeClaim": "the data on its volume is lost",
    "kubernetes:apps/v1:StatefulSet": "its pods lose their identities",
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "every object of its kind is deleted",
}
# Charts whose release contains more than its own pods.
STATEFUL_CHARTS = {
    "base": "every Istio object in the cluster may be deleted with Istio's CRDs",
    "gateway": "the gateway pods that traffic enters through are deleted",
}
_LOST = (Kind.REMOVED, Kind.REPLACED)


def state_is_lost(comparison: Comparison) -> Iterator[Found]:
    """Find stateful or protected resources that are removed or replaced."""
    for change in comparison.resources:
        what = _holds(change)
        if change.kind in _LOST and what:
            yield change.label, f"is {change.kind.value}{_with(change)}: {what}."


def replacement_is_unknown(comparison: Comparison) -> Iterator[Found]:
    """Find stateful resources for which no table says whether the change replaces them."""
    for change in comparison.resources:
        what = _holds(change)
        if change.replacement is Replacement.UNKNOWN and what:
            differs = ", ".join(each.path for each in change.properties[:5]) or "its inputs"
            yield (
                change.label,
                f"may be replaced{_with(change)} ({differs}): this tool does not know whether the provider can "
                f"update it in place. If it is replaced: {what}.",
            )


def protection_is_dropped(comparison: Comparison) -> Iterator[Found]:
    """Find resources that `up` or `destroy` may delete from now on."""
    for change in comparison.resources:
        for each in change.properties:
            if each.path in ("options.protect", "options.retainOnDelete") and each.before and not each.after:
                yield change.label, f"{each.path} is no longer true."
    for edit in edits(comparison):
        if (
            edit.keys[-1:] in (("deletionProtection",), ("enableDeletionProtection",))
            and edit.before
            and not edit.after
        ):
            yield edit.subject, f"{edit.keys[-1]} is no longer true: AWS no longer refuses to delete it."


def urn_changes_without_alias(comparison: Comparison) -> Iterator[Found]:
    """Find renamed resources without an alias: the engine creates a new one and deletes what exists."""
    for old, new, count in renamed.moved(comparison.resources):
        which = f"{count} resources" if count > 1 else "1 resource"
        yield (
            f"{old} \u2192 {new}",
            f"{which} would be created again, and the old deleted. Add an alias with the old name.",
        )


def stack_is_dropped(comparison: Comparison) -> Iterator[Found]:
    """Report a removed stack file: the resources of the stack remain."""
    count = sum(each["custom"] or each["remote"] for each in comparison.base["resources"])
    yield (
        comparison.stack,
        (
            f"its file is removed, but its {count} resources remain and cost money. Run `make destroy "
            f"STACK={comparison.stack}` first, from a revision that still has the file."
        ),
    )


def _holds(change: ResourceChange) -> str | None:
    before: Any = change.before
    if before is None:
        return None
    chart = str(before["inputs"].get("chart")) if change.type.startswith("kubernetes:helm.sh/") else ""
    what = STATEFUL.get(change.type) or STATEFUL_CHARTS.get(chart)
    if before["options"]["protect"]:
        refused = "it is protected, so `up` fails midway"
        return f"{refused}; {what}" if what else refused
    return what


def _with(change: ResourceChange) -> str:
    if not change.follows:
        return ""
    named = ", ".join(change.follows[:3])
    more = len(change.follows) - 3
    return f" together with {named}{f' and {more} more' if more > 0 else ''}"


RULES = (
    Rule(
        title="Stateful resource deleted or replaced",
        why="The existing resource is deleted, at once or at the end of `up`. Plan a migration, or avoid the change.",
        find=state_is_lost,
    ),
    Rule(
        title="Replacement unknown",
        why="Only the provider knows. Read a real `pulumi preview --diff` before this is merged.",
        find=replacement_is_unknown,
    ),
    Rule(
        title="Protection removed",
        why="Expected only before a planned deletion. Otherwise a mistake can now delete the cluster.",
        find=protection_is_dropped,
    ),
    Rule(
        title="Resource renamed without an alias",
        why="The resource gets a new URN. Add `aliases=[pulumi.Alias(...)]`, or it is deleted and created again.",
        find=urn_changes_without_alias,
    ),
    Rule(
        title="Stack file removed",
        why="No `up` manages the stack any more, and everything in it keeps running.",
        find=stack_is_dropped,
        applies=(Sides.REMOVED,),
    ),
)
