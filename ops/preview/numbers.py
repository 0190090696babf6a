"""Sections of the preview with numbers: nodes and pods, price, certificate dates."""

import datetime
from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from components import trust
from components.capacity import cost, mesh_headroom, prices
from components.capacity.mesh_headroom import MeshRoom
from components.capacity.nodes import Room
from components.capacity.report import CapacityReport, GroupCapacity
from ops.preview.sections import table

UNKNOWN = "unknown"
STYLES = {trust.Level.NONE: "", trust.Level.SOON: "yellow", trust.Level.URGENT: "bold red"}


def nodes(report: CapacityReport) -> Iterator[RenderableType]:
    """Yield the capacity of nodes, the requests of this stack's pods, and the addresses that nodes use."""
    found = table("node group", "instances", "nodes", "free per node", "steady", "upgrade", "peak")
    for group in report.groups:
        found.add_row(
            group.name,
            " or ".join(group.instance_types),
            f"{group.least} to {group.most}",
            _room(group.node),
            *(_needed(group, count) for count in (group.rest, group.upgrade, group.peak)),
        )
    yield found
    yield Text(
        "Nodes needed for the requests of this stack's pods: in the steady state; while istiod and the gateways are "
        "upgraded (with surge pods and a canary istiod); with every autoscaler at its maximum. App teams' pods need "
        "more. DaemonSets are already subtracted from the free resources.",
        style="dim",
    )
    yield Text()
    yield _pods(report)
    yield Text()
    yield Text(_mesh(report.mesh), style="dim")
    if report.subnets:
        yield Text()
        yield _subnets(report)


def _mesh(room: MeshRoom) -> str:
    return (
        f"Measured (docs/scale.md): {room.istiod} MiB of an istiod are enough for about {room.proxies:,} proxies that "
        f"each see {mesh_headroom.SEEN} of {mesh_headroom.SERVICES:,} services; {room.sidecar} MiB of a sidecar are "
        f"enough for about {room.visible:,} services that it may call."
    )


def _pods(report: CapacityReport) -> RenderableType:
    found = table(
        "pods", "on", "steady", "upgrade", "peak", "CPU each", "memory each", right=("steady", "upgrade", "peak")
    )
    for group in report.groups:
        for pods in group.pods:
            counts = (str(each) for each in (pods.rest, pods.upgrade, pods.peak))
            found.add_row(pods.name, group.name, *counts, f"{pods.each.cpu}m", f"{pods.each.memory} MiB")
    daemons = report.groups[0].daemons
    found.add_row("DaemonSets, per node", "all", "", "", "", f"{daemons.cpu}m", f"{daemons.memory} MiB")
    return found


def _subnets(report: CapacityReport) -> RenderableType:
    found = table("private subnet", "range", "addresses", "used at max nodes", right=("addresses",))
    for subnet in report.subnets:
        needed = UNKNOWN if subnet.needed is None else str(subnet.needed)
        found.add_row(subnet.zone, subnet.cidr, str(subnet.addresses), needed)
    return found


def _room(node: Room | None) -> str:
    return UNKNOWN if node is None else f"{node.pods} pods, {node.cpu}m, {node.memory / 1024:.1f} GiB"


def _needed(group: GroupCapacity, count: int | None) -> Text:
    if group.node is None:
        return Text(UNKNOWN)
    if count is None:
        return Text("no node fits", style="bold red")
    if count > group.most:
        return Text(f"{count}, above the maximum", style="red")
    return Text(str(count), style="" if count <= group.least else "yellow")


def price(found: cost.Cost, region: str) -> Iterator[RenderableType]:
    """Yield the monthly price of the parts that always run."""
    lines = table("always on", "number", "per month", right=("number", "per month"))
    for line in found.lines:
        lines.add_row(line.what, _span(line.least, line.most), _dollars(line))
    lines.add_row("total", "", _money(found.least, found.most), style="bold")
    yield lines
    where = "" if found.same_region else f" {region} is not in the price table: these are prices of {found.region}."
    left_out = f" Not priced: {', '.join(found.not_priced)}." if found.not_priced else ""
    yield Text(
        f"List prices of {found.region}: EC2 as of {found.as_of}, the rest as of {prices.SERVICES_AS_OF}; "
        f"{prices.HOURS} hours per month.{where}{left_out} Not included: {cost.NOT_COUNTED}.",
        style="dim" if found.same_region and not found.not_priced else "",
    )


def _span(least: float, most: float) -> str:
    return f"{least:,.0f}" if least == most else f"{least:,.0f} to {most:,.0f}"


def _dollars(line: cost.Line) -> str:
    return "not priced" if line.month is None else _money(line.least * line.month, line.most * line.month)


def _money(least: float, most: float) -> str:
    return f"${least:,.2f}" if round(least, 2) == round(most, 2) else f"${least:,.2f} to ${most:,.2f}"


def certificates(plan: trust.TrustPlan, today: datetime.date) -> Iterator[RenderableType]:
    """Yield every certificate of the certificate authority, and when it must be replaced."""
    found = table("certificate", "signs", "expires", "replace by", "days left", right=("days left",))
    for each in trust.expiries(plan, today):
        found.add_row(
            f"{each.kind} {each.number}",
            "yes" if each.signs else "",
            str(each.ends),
            str(each.replace_by),
            str(each.days_left),
            style=STYLES[each.level],
        )
    yield Text(
        "A preview does not check whether this stack has run. If it has, these dates apply. A certificate that does "
        "not exist yet is created at the next `up` and expires later."
    )
    yield Text(
        f"Phase: {plan.phase.value}. Days left are until `replace by`; later, certificates that it signs expire early."
    )
    yield found
    yield Text()
    yield _keys(plan)


def _keys(plan: trust.TrustPlan) -> RenderableType:
    found = table("private key of", "stored in")
    for each in trust.custody(plan):
        found.add_row(f"{each.kind} {each.number}", "; ".join(each.places))
    return found
