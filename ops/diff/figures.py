"""Changes in cost, capacity, addresses and certificates: the numbers of both sides."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ops.diff.changes import Figure

Numbers = Mapping[str, Any]
Reader = Callable[[Numbers], Iterator[tuple[str, str]]]
MONTH = "per month at list price"


def figures(before: Numbers | None, after: Numbers | None) -> tuple[Figure, ...]:
    """Return every figure that differs; a side without the stack has none."""
    found: list[Figure] = []
    for section, read in READERS.items():
        olds, news = (_read(read, side) for side in (before, after))
        found += [
            Figure(section=section, what=what, before=olds.get(what), after=news.get(what))
            for what in dict.fromkeys([*olds, *news])
            if olds.get(what) != news.get(what)
        ]
    return tuple(found)


def _read(read: Reader, side: Numbers | None) -> dict[str, str]:
    return dict(read(side)) if side else {}


def _cost(numbers: Numbers) -> Iterator[tuple[str, str]]:
    cost = numbers["cost"]
    yield MONTH, _dollars(cost["least"], cost["most"])
    if cost["notPriced"]:
        yield "not priced", ", ".join(cost["notPriced"])
    for line in cost["lines"]:
        count = _span(line["least"], line["most"])
        each = line["month"]
        month = "not priced" if each is None else _dollars(line["least"] * each, line["most"] * each)
        yield line["what"], f"{count}, {month}"


def _capacity(numbers: Numbers) -> Iterator[tuple[str, str]]:
    for group in numbers["nodes"]:
        name = f"{group['group']} nodes"
        yield name, f"{_span(group['least'], group['most'])} of {' or '.join(group['instanceTypes'])}"
        needed = (group["rest"], group["upgrade"], group["peak"])
        yield (
            f"{name} needed in steady state, in an upgrade, at peak",
            ", ".join("?" if each is None else str(each) for each in needed),
        )


def _addresses(numbers: Numbers) -> Iterator[tuple[str, str]]:
    addresses = numbers["addresses"]
    yield "VPC", addresses["vpc"]
    for subnet in addresses["subnets"]:
        yield f"private subnet in {subnet['zone']}", subnet["private"]
        yield f"public subnet in {subnet['zone']}", subnet["public"]
        taken = "?" if subnet["needed"] is None else subnet["needed"]
        yield (
            f"private addresses in {subnet['zone']}, used by the maximum number of nodes",
            f"{taken} of {subnet['free']}",
        )


def _certificates(numbers: Numbers) -> Iterator[tuple[str, str]]:
    yield "phase", numbers["certificates"]["phase"]
    for each in numbers["certificates"]["generations"]:
        signs = "signs" if each["signs"] else "does not sign"
        yield f"{each['kind']} {each['number']}", f"{signs}, expires {each['ends']}, replace by {each['replaceBy']}"


def _span(least: float, most: float) -> str:
    return f"{least:,.0f}" if least == most else f"{least:,.0f} to {most:,.0f}"


def _dollars(least: float, most: float) -> str:
    return f"${least:,.0f}" if round(least) == round(most) else f"${least:,.0f} to ${most:,.0f}"


READERS: Mapping[str, Reader] = {
    "cost": _cost,
    "capacity": _capacity,
    "addresses": _addresses,
    "certificates": _certificates,
}
SECTIONS = tuple(READERS)
