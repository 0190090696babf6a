"""What is lost with a resource, and what keeps it."""

from collections.abc import Iterator
from typing import Any

from ops.diff import renamed
from ops.diff.changes import Comparison, Kind, Replacement, ResourceChange, Sides
from ops.diff.edits import edits
from ops.diff.risks.rule import Found, Rule

# What a resource holds that a new one of the same kind does not.
STATEFUL = {
    "aws:ec2/vpc:Vpc": "everything in the network goes with it",
    "aws:ec2/subnet:Subnet": "nodes and load balancers in it go with it",
    "aws:ec2/eip:Eip": "its address, which others may have in their allow lists",
    "aws:ec2/natGateway:NatGateway": "connections out of its zone are cut",
    "aws:eks/cluster:Cluster": "the cluster and everything in it",
    "eks:index:Cluster": "the cluster and everything in it",
    "aws:eks/nodeGroup:NodeGroup": "its nodes, and the pods on them",
    "eks:index:ManagedNodeGroup": "its nodes, and the pods on them",
    "aws:kms/key:Key": "what it has encrypted cannot be read again",
    "aws:lb/loadBalancer:LoadBalancer": "its DNS name and addresses, and open connections",
    "aws:lb/targetGroup:TargetGroup": "its targets: clients get no answer until the new one has healthy ones",
    "aws:cloudwatch/logGroup:LogGroup": "the logs in it",
    "tls:index/privateKey:PrivateKey": "a key of the certificate authority; there is no copy",
    "kubernetes:core/v1:Namespace": "every object in it",
    "kubernetes:core/v1:PersistentVolumeClaim": "the data on its volume",
    "kubernetes:apps/v1:StatefulSet": "its pods' identities",
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "every object of its kind",
}
# Charts whose release holds more than its own pods.
STATEFUL_CHARTS = {
    "base": "Istio's CRDs: every object of Istio in the cluster may go with them",
    "gateway": "the pods that traffic enters through",
}
_LOST = (Kind.REMOVED, Kind.REPLACED)


def state_is_lost(comparison: Comparison) -> Iterator[Found]:
    """Removed or replaced: what is stateful or protected."""
    for change in comparison.resources:
        what = _holds(change)
        if change.kind in _LOST and what:
            yield change.label, f"is {change.kind.value}{_with(change)}: {what}."


def replacement_is_unknown(comparison: Comparison) -> Iterator[Found]:
    """What is stateful may be replaced, and nothing here knows."""
    for change in comparison.resources:
        what = _holds(change)
        if change.replacement is Replacement.UNKNOWN and what:
            differs = ", ".join(each.path for each in change.properties[:5]) or "what it is given"
            yield change.label, f"may be replaced{_with(change)} ({differs}), no table says: {what}."


def protection_is_dropped(comparison: Comparison) -> Iterator[Found]:
    """What a destroy or an `up` would have been refused for, it may delete now."""
    for change in comparison.resources:
        for each in change.properties:
            if each.path in ("options.protect", "options.retainOnDelete") and each.before and not each.after:
                yield change.label, f"{each.path}: was true."
    for edit in edits(comparison):
        if (
            edit.keys[-1:] in (("deletionProtection",), ("enableDeletionProtection",))
            and edit.before
            and not edit.after
        ):
            yield edit.subject, f"{edit.keys[-1]}: was true; AWS deletes it when asked to."


def urn_changes_without_alias(comparison: Comparison) -> Iterator[Found]:
    """The engine sees a resource go and another come; what exists is deleted."""
    for old, new, count in renamed.moved(comparison.resources):
        which = f"{count} resources" if count > 1 else "1 resource"
        yield f"{old} \u2192 {new}", f"{which} would be made anew and deleted: an alias with the old name keeps them."


def stack_is_dropped(comparison: Comparison) -> Iterator[Found]:
    """A stack file goes, its resources do not."""
    held = sum(each["custom"] or each["remote"] for each in comparison.base["resources"])
    yield (
        comparison.stack,
        (
            f"its file goes, its {held} resources stay and cost: `make destroy STACK={comparison.stack}` first, from a "
            "revision that still has the file."
        ),
    )


def _holds(change: ResourceChange) -> str | None:
    before: Any = change.before
    if before is None:
        return None
    chart = str(before["inputs"].get("chart")) if change.type.startswith("kubernetes:helm.sh/") else ""
    what = STATEFUL.get(change.type) or STATEFUL_CHARTS.get(chart)
    if before["options"]["protect"]:
        refused = "it is protected: `up` fails in the middle, on this"
        return f"{refused}; {what}" if what else refused
    return what


def _with(change: ResourceChange) -> str:
    if not change.follows:
        return ""
    named = ", ".join(change.follows[:3])
    more = len(change.follows) - 3
    return f" with {named}{f' and {more} more' if more > 0 else ''}"


RULES = (
    Rule(
        title="State goes",
        why="What exists is deleted, in the end or at once. Plan the way over, or change the change.",
        find=state_is_lost,
    ),
    Rule(
        title="State may go",
        why="Only the provider knows: read a real `pulumi preview --diff` before this is merged.",
        find=replacement_is_unknown,
    ),
    Rule(
        title="Protection goes",
        why="Meant, when something is to be taken down in the next step; a way to lose a cluster otherwise.",
        find=protection_is_dropped,
    ),
    Rule(
        title="A name changes without an alias",
        why="Same thing, other URN: add `aliases=[pulumi.Alias(...)]`, or it is deleted and made again.",
        find=urn_changes_without_alias,
    ),
    Rule(
        title="A stack goes",
        why="Nobody runs it any more, and everything in it goes on running.",
        find=stack_is_dropped,
        applies=(Sides.REMOVED,),
    ),
)
