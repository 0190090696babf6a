"""What AWS lets through: networks, public endpoints, what nodes and logs keep."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from ops.diff.changes import Comparison, Kind, ResourceChange
from ops.diff.edits import edits
from ops.diff.risks.rule import Found, Rule
from ops.offline.monitor import UNKNOWN

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
CLUSTERS = ("eks:index:Cluster", "aws:eks/cluster:Cluster")
FLOW_LOG = "aws:ec2/flowLog:FlowLog"


def endpoint_is_opened(comparison: Comparison) -> Iterator[Found]:
    """More of the internet reaches the Kubernetes API or a load balancer."""
    for change in comparison.resources:
        old, new = inputs(change)
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
        old, new = inputs(change)
        for key in ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"):
            if new.get(key) and _lets_more_in(old, new, key):
                yield change.label, f"lets in {_peer(key, new[key])} on {_ports(new)}."


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
        old, new = inputs(change)
        if change.type == FLOW_LOG and change.kind is Kind.REMOVED:
            yield change.label, "goes: traffic of the VPC is not recorded."
        elif change.type in CLUSTERS and change.after:
            less = set(old.get("enabledClusterLogTypes") or ()) - set(new.get("enabledClusterLogTypes") or ())
            if less:
                yield change.label, f"enabledClusterLogTypes loses {', '.join(sorted(less))}."
        if change.after and _days(new) < _days(old):
            yield change.label, f"retentionInDays: {old.get('retentionInDays')} \u2192 {new.get('retentionInDays')}."


def inputs(change: ResourceChange) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Before and after; nothing on a side that lacks it."""
    return (change.before or {}).get("inputs") or {}, (change.after or {}).get("inputs") or {}


def _wider(before: Any, after: Any) -> Iterator[str]:
    """Ranges that no range before held."""
    known = [found for each in listed(before) if (found := _range(each))]
    for each in listed(after):
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


def listed(value: Any) -> list[Any]:
    """A single value may stand for a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


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
