"""AWS: networks, public endpoints, node hardening and logs."""

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
    """Find Kubernetes APIs and load balancers that more of the internet can reach."""
    for change in comparison.resources:
        old, new = inputs(change)
        if change.type in CLUSTERS and change.after:
            if new.get("endpointPublicAccess") is True and old.get("endpointPublicAccess") is not True:
                yield change.label, "endpointPublicAccess: true: the Kubernetes API is reachable from the internet."
            for cidr in _wider(old.get("publicAccessCidrs"), new.get("publicAccessCidrs")):
                yield change.label, f"publicAccessCidrs: {cidr} is added."
        elif change.type == LOAD_BALANCER and new.get("internal") is False and old.get("internal") is not False:
            yield change.label, "becomes internet-facing."


def network_is_opened(comparison: Comparison) -> Iterator[Found]:
    """Find security group rules that allow more addresses or ports."""
    for change in comparison.resources:
        if change.type != INGRESS or change.after is None:
            continue
        old, new = inputs(change)
        for key in ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"):
            if new.get(key) and _lets_more_in(old, new, key):
                yield change.label, f"allows {_peer(key, new[key])} on {_ports(new)}."


def nodes_are_opened(comparison: Comparison) -> Iterator[Found]:
    """Find launch templates that give pods access to the node's credentials, or leave its disk unencrypted."""
    weak = {"httpTokens": "optional", "encrypted": "false", "httpProtocolIpv6": "enabled"}
    for edit in edits(comparison):
        if not edit.type.startswith(("aws:ec2/launchTemplate:", "eks:index:")):
            continue
        key = edit.keys[-1] if edit.keys else ""
        if key in weak and str(edit.after).lower() == weak[key]:
            yield edit.subject, f"{key}: {edit.before} \u2192 {edit.after}."
        elif key == "httpPutResponseHopLimit" and (edit.after or 0) > (edit.before or 0):
            yield (
                edit.subject,
                f"httpPutResponseHopLimit: {edit.before} \u2192 {edit.after}: pods can reach the instance metadata.",
            )


def records_are_lost(comparison: Comparison) -> Iterator[Found]:
    """Find logs that are removed, narrowed or kept for less time."""
    for change in comparison.resources:
        old, new = inputs(change)
        if change.type == FLOW_LOG and change.kind is Kind.REMOVED:
            yield change.label, "is removed: VPC traffic is no longer recorded."
        elif change.type in CLUSTERS and change.after:
            less = set(old.get("enabledClusterLogTypes") or ()) - set(new.get("enabledClusterLogTypes") or ())
            if less:
                yield change.label, f"enabledClusterLogTypes no longer includes {', '.join(sorted(less))}."
        if change.after and _days(new) < _days(old):
            yield change.label, f"retentionInDays: {old.get('retentionInDays')} \u2192 {new.get('retentionInDays')}."


def inputs(change: ResourceChange) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the inputs before and after; empty on a side that lacks the resource."""
    return (change.before or {}).get("inputs") or {}, (change.after or {}).get("inputs") or {}


def _wider(before: Any, after: Any) -> Iterator[str]:
    """Yield ranges that no range before contained."""
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
    """Return a list; AWS accepts a single value for a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _days(inputs: Mapping[str, Any]) -> float:
    """Return the retention in days; 0 and an absent value mean for ever."""
    return float(inputs.get("retentionInDays") or "inf")


RULES = (
    Rule(
        title="Public endpoint opened",
        why="Scanners find a public endpoint within minutes. Only authentication protects the cluster then.",
        find=endpoint_is_opened,
    ),
    Rule(
        title="Network opened",
        why="Check that these addresses and ports are intended.",
        find=network_is_opened,
    ),
    Rule(
        title="Node protection loosened",
        why="A pod with the node's credentials can read every secret that the node may read.",
        find=nodes_are_opened,
    ),
    Rule(
        title="Logs reduced",
        why="Investigating an incident needs the logs from before and during it.",
        find=records_are_lost,
    ),
)
