"""What AWS lets through: networks, public endpoints, permissions, what nodes and logs keep."""

import ipaddress
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ops.diff.changes import Comparison, Kind, ResourceChange
from ops.diff.edits import edits, opened
from ops.diff.risks.rule import Found, Rule
from ops.monitor import UNKNOWN

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
CLUSTERS = ("eks:index:Cluster", "aws:eks/cluster:Cluster")
ROLE, ATTACHMENT = "aws:iam/role:Role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"


def endpoint_is_opened(comparison: Comparison) -> Iterator[Found]:
    """More of the internet reaches the Kubernetes API or a load balancer."""
    for change in comparison.resources:
        old, new = _inputs(change)
        if change.type in CLUSTERS and change.after:
            if new.get("endpointPublicAccess") is True and old.get("endpointPublicAccess") is not True:
                yield change.label, "endpointPublicAccess: true: the Kubernetes API is on the internet."
            for cidr in _wider(old.get("publicAccessCidrs"), new.get("publicAccessCidrs")):
                yield change.label, f"publicAccessCidrs: {cidr} is let in."
        elif change.type == LOAD_BALANCER and new.get("internal") is False and old.get("internal") is not False:
            yield change.label, "faces the internet."


def network_is_opened(comparison: Comparison) -> Iterator[Found]:
    """A security group lets in addresses or ports that it did not."""
    for change in comparison.resources:
        if change.type != INGRESS or change.after is None:
            continue
        old, new = _inputs(change)
        for key in ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"):
            if new.get(key) and _lets_more_in(old, new, key):
                yield change.label, f"lets in {_peer(key, new[key])} on {_ports(new)}."


def iam_actions_are_added(comparison: Comparison) -> Iterator[Found]:
    """A policy allows what it did not allow, or a role trusts somebody new."""
    for change in comparison.resources:
        if not change.type.startswith("aws:iam/") or change.after is None:
            continue
        old, new = _inputs(change)
        if change.type == ATTACHMENT and old.get("policyArn") != new.get("policyArn"):
            yield change.label, f"attaches {new.get('policyArn')}."
        for key in ("policy", "assumeRolePolicy", "inlinePolicies"):
            if new.get(key) == UNKNOWN and old.get(key) not in (None, UNKNOWN):
                yield change.label, f"{key} is known only after an `up`: read it there."
            elif more := sorted(_allowed(new.get(key)) - _allowed(old.get(key))):
                yield change.label, f"{key} allows {'; '.join(more[:8])}{_and_more(more, 8)}."


def nodes_are_opened(comparison: Comparison) -> Iterator[Found]:
    """Pods reach the credentials of their node, or its disk is readable."""
    weak = {"httpTokens": "optional", "encrypted": "false", "httpProtocolIpv6": "enabled"}
    for edit in edits(comparison):
        if not edit.type.startswith(("aws:ec2/launchTemplate:", "eks:index:")):
            continue
        key = edit.keys[-1] if edit.keys else ""
        if key in weak and str(edit.after).lower() == weak[key]:
            yield edit.subject, f"{key}: {edit.before} \u2192 {edit.after}."
        elif key == "httpPutResponseHopLimit" and (edit.after or 0) > (edit.before or 0):
            yield edit.subject, f"httpPutResponseHopLimit: {edit.before} \u2192 {edit.after}: pods get through."


def records_are_lost(comparison: Comparison) -> Iterator[Found]:
    """What happened can no longer be looked up."""
    for change in comparison.resources:
        old, new = _inputs(change)
        if change.type == FLOW_LOG and change.kind is Kind.REMOVED:
            yield change.label, "goes: traffic of the VPC is not recorded."
        elif change.type in CLUSTERS and change.after:
            less = set(old.get("enabledClusterLogTypes") or ()) - set(new.get("enabledClusterLogTypes") or ())
            if less:
                yield change.label, f"enabledClusterLogTypes loses {', '.join(sorted(less))}."
        if change.after and _days(new) < _days(old):
            yield change.label, f"retentionInDays: {old.get('retentionInDays')} \u2192 {new.get('retentionInDays')}."


def _inputs(change: ResourceChange) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    return (change.before or {}).get("inputs") or {}, (change.after or {}).get("inputs") or {}


def _wider(before: Any, after: Any) -> Iterator[str]:
    """Ranges that no range before held."""
    known = [found for each in _list(before) if (found := _range(each))]
    for each in _list(after):
        found = _range(each)
        if found and not any(found.version == old.version and found.subnet_of(old) for old in known):  # type: ignore[arg-type]
            yield str(each)


def _range(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(str(text), strict=False)
    except ValueError:
        return None


def _lets_more_in(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    if not key.startswith("cidr"):
        return old.get(key) != new.get(key) or not _within(new, old)
    return bool(list(_wider(old.get(key), new[key]))) or not _within(new, old)


def _within(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    if new.get("ipProtocol") != old.get("ipProtocol"):
        return old.get("ipProtocol") in ("-1", -1)
    low, high = old.get("fromPort"), old.get("toPort")
    if low is None or high is None:
        return new.get("fromPort") is None
    first, last = new.get("fromPort"), new.get("toPort")
    return bool(first is not None and last is not None and low <= first and last <= high)


def _peer(key: str, value: Any) -> str:
    return "another security group" if key == "referencedSecurityGroupId" and value == UNKNOWN else str(value)


def _ports(rule: Mapping[str, Any]) -> str:
    if rule.get("ipProtocol") in ("-1", -1):
        return "every port"
    first, last = rule.get("fromPort"), rule.get("toPort")
    span = str(first) if first == last else f"{first}-{last}"
    return f"{rule.get('ipProtocol')} {span}"


def _allowed(policy: Any) -> set[str]:
    """Every allowed action with its resource, and every principal that is trusted."""
    document = opened(policy)
    if isinstance(document, list):
        return {each for one in document for each in _allowed((one or {}).get("policy"))}
    statements = _list(document.get("Statement")) if isinstance(document, Mapping) else []
    return {each for one in statements if one.get("Effect") == "Allow" for each in _grants(one)}


def _grants(statement: Mapping[str, Any]) -> Iterator[str]:
    said = _list(statement.get("Action")) or [
        f"everything but {', '.join(map(str, _list(statement.get('NotAction'))))}"
    ]
    where = _list(statement.get("Resource")) or sorted(_principals(statement.get("Principal")))
    when = " under a condition" if statement.get("Condition") else ""
    for action, on in itertools.product(said, where or [""]):
        yield f"{action}{f' on {on}' if on and on != '*' else ''}{when}"


def _principals(given: Any) -> Iterable[str]:
    if not isinstance(given, Mapping):
        return [str(given)] if given else []
    return [str(each) for values in given.values() for each in _list(values)]


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _and_more(found: list[str], shown: int) -> str:
    return f" and {len(found) - shown} more" if len(found) > shown else ""


def _days(inputs: Mapping[str, Any]) -> float:
    """0 and nothing stand for ever."""
    return float(inputs.get("retentionInDays") or "inf")


RULES = (
    Rule(
        title="An endpoint is opened",
        why="Scanners find it within minutes; authentication alone stands between them and the cluster.",
        find=endpoint_is_opened,
    ),
    Rule(
        title="The network is opened",
        why="Ask whether these addresses and ports are meant.",
        find=network_is_opened,
    ),
    Rule(
        title="IAM allows more",
        why="Whoever takes over what has the role can do this, too.",
        find=iam_actions_are_added,
    ),
    Rule(
        title="Nodes are opened",
        why="With a node's credentials a pod reads every secret that the node may read.",
        find=nodes_are_opened,
    ),
    Rule(
        title="Records are lost",
        why="What happened before and during an incident is looked up in them.",
        find=records_are_lost,
    ),
)
