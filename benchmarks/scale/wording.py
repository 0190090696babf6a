"""How figures of a run are written."""

from collections.abc import Callable, Iterable, Sequence

from benchmarks.scale.compared import Spread
from benchmarks.scale.measured import Layout

NOTHING = "–"
# Closer than this is noise of any measure here.
SAME = 0.05


def mesh(layout: Layout) -> str:
    """Describe the size of a mesh."""
    return f"{layout.services:,} services, {layout.proxies} proxies"


def times(found: Spread) -> str:
    """Format as ``12× less (11–13)``; ``3.0× more`` where the defaults have less; ``1.0×`` where nothing changes."""
    counted = found if found.middle > 1 or _same(found) else _more(found)
    return f"{times_alone(found)}{_around(_number(counted.middle), counted, _number)}"


def times_alone(found: Spread) -> str:
    """Format as ``times`` does, without the spread."""
    if _same(found):
        return "1.0×"
    return f"{_number(found.middle)}× less" if found.middle > 1 else f"{_number(_more(found).middle)}× more"


def _same(found: Spread) -> bool:
    return abs(found.middle - 1) < SAME


def _more(found: Spread) -> Spread:
    return Spread(middle=1 / found.middle, low=1 / found.high, high=1 / found.low)


def seconds(found: Spread) -> str:
    """Format as ``1.2 s (1.1–1.4)``."""
    return _with_unit(found, "s", lambda value: f"{value:.1f}" if value >= 10 else f"{value:.2f}")


def kilobytes(found: Spread) -> str:
    """Format bytes in kilobytes of 1000 bytes."""
    return _with_unit(found, "kB", lambda value: _number(value / 1e3) if value else "0")


def megabytes(found: Spread) -> str:
    """Format bytes in megabytes of a million bytes."""
    return _with_unit(found, "MB", lambda value: _whole(value / 1e6))


def count(found: Spread) -> str:
    """Format a number of clusters or proxies."""
    whole = all(each == round(each) for each in (found.low, found.middle, found.high))
    number = _whole if whole else _tenths
    return f"{number(found.middle)}{_around(number(found.middle), found, number)}"


def _with_unit(found: Spread, unit: str, number: Callable[[float], str]) -> str:
    text = number(found.middle)
    return f"{text} {unit}{_around(text, found, number)}"


def _around(middle: str, found: Spread, number: Callable[[float], str]) -> str:
    low, high = number(found.low), number(found.high)
    return "" if low == high == middle else f" ({low}–{high})"


def _number(value: float) -> str:
    return _whole(value) if value >= 9.95 else _tenths(value)


def _tenths(value: float) -> str:
    return f"{value:,.1f}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
