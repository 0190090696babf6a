"""A run as one SVG: how many times less than the chart's defaults each variant takes, on a logarithmic axis.

Written by hand: the drawing is bars, lines and text, and GitHub shows it in the colours of its reader.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from benchmarks.scale import wording
from benchmarks.scale.compared import BASELINE, Measure, Spread, after_sync, among_many, of_gateway, times_less, to_last
from benchmarks.scale.measured import ENDPOINTS_A_SECOND, ROUTES_A_SECOND, Result, variants

PANELS: tuple[tuple[str, Measure], ...] = (
    ("configuration of a proxy", lambda run: run.bytes),
    ("until all proxies are in sync", lambda run: run.synced),
    ("a route change, to the last proxy", to_last("route", 0.5)),
    (f"a route among {ROUTES_A_SECOND} a second, to the last proxy", among_many("route", 0.5)),
    (
        f"an endpoint among {ENDPOINTS_A_SECOND} a second, to the last proxy",
        among_many("endpoint", 0.5),
    ),
    ("configuration of a gateway", of_gateway(lambda gateway: gateway.bytes)),
    ("istiod's memory after the sync", after_sync),
    ("istiod's memory, at its peak", lambda run: run.peak),
)
ACROSS = 2
WIDTH, LABELS, VALUES, GAP = 900, 150, 80, 24
PLOT = (WIDTH - LABELS - ACROSS * VALUES - (ACROSS + 1) * GAP) / ACROSS
TOP, ROW, BAR, AXIS, PANEL_GAP = 74, 20, 12, 22, 40
TICKS = (1 / 100, 1 / 30, 1 / 10, 1 / 3, 1, 3, 10, 30, 100, 300, 1000)
NAMES = {1 / 100: "100× more", 1 / 10: "10× more", 1: "1×", 10: "10× less", 100: "100× less", 1000: "1000× less"}
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.panel { font-weight: 600 }
.quiet { fill: #59636e }
.paper { fill: #ffffff }
.less { fill: #1a7f72 }
.more { fill: #bc4c00 }
.grid { stroke: #d1d9e0 }
.one { stroke: #59636e }
.spread { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .quiet { fill: #9198a1 }
  .paper { fill: #0d1117 }
  .less { fill: #3fb8a8 }
  .more { fill: #f0883e }
  .grid { stroke: #3d444d }
  .one { stroke: #9198a1 }
  .spread { stroke: #f0f6fc }
}
"""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The same for every panel, so that bars compare across them. low, high: its ends as ratios."""

    low: float
    high: float

    def at(self, ratio: float) -> float:
        """Return the position of a ratio in pixels from the left of the plot."""
        return PLOT * math.log(ratio / self.low) / math.log(self.high / self.low)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield the ratios at which lines are drawn, with names for the powers of ten."""
        for tick in TICKS:
            if self.low <= tick <= self.high:
                yield tick, NAMES.get(tick, "")


def svg(result: Result) -> str:
    """Return the chart as SVG text; the same run gives the same text."""
    rows = [variant for variant in variants(result) if variant != BASELINE]
    found = [{variant: times_less(result, variant, measure) for variant in rows} for _, measure in PANELS]
    axis = _axis(spread for ratios in found for spread in ratios.values() if spread)
    down = math.ceil(len(PANELS) / ACROSS)
    panel = len(rows) * ROW + AXIS + PANEL_GAP
    height = TOP + down * panel
    drawing = _canvas(result, height)
    for number, ((title, _), ratios) in enumerate(zip(PANELS, found, strict=True)):
        left = LABELS + GAP + number % ACROSS * (PLOT + VALUES + GAP)
        top = TOP + number // ACROSS * panel
        _panel(drawing, title, left, top, axis, ratios)
        if number % ACROSS == 0:
            _labels(drawing, rows, top)
    ElementTree.indent(drawing, " ")
    return ElementTree.tostring(drawing, encoding="unicode") + "\n"


def _axis(spreads: Iterator[Spread]) -> Axis:
    """Return an axis that reaches the next ticks, and at least from three times more to ten times less."""
    found = list(spreads)
    low = min([1 / 3, *(each.low for each in found)])
    high = max([10.0, *(each.high for each in found)])
    return Axis(
        low=max((tick for tick in TICKS if tick <= low), default=low),
        high=min((tick for tick in TICKS if tick >= high), default=high),
    )


def _canvas(result: Result, height: float) -> ElementTree.Element:
    layout = result.layout
    title = f"{wording.mesh(layout)}: times less than the chart's defaults"
    drawing = ElementTree.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height:g}", role="img", width=f"{WIDTH}"
    )
    ElementTree.SubElement(drawing, "title").text = title
    ElementTree.SubElement(drawing, "style").text = STYLE
    ElementTree.SubElement(drawing, "rect", {"class": "paper", "width": "100%", "height": "100%"})
    _text(drawing, title, GAP, 24, "title")
    machine = (
        f"Istio {result.istio}, {result.machine}, {result.date}; a narrowed proxy sees {layout.visible:,} services"
    )
    _text(drawing, machine, GAP, 42, "quiet")
    return drawing


def _panel(
    drawing: ElementTree.Element, title: str, left: float, top: float, axis: Axis, ratios: dict[str, Spread | None]
) -> None:
    _text(drawing, title, left, top - 6, "panel")
    bottom = top + len(ratios) * ROW
    for tick, name in axis.ticks():
        x = left + axis.at(tick)
        _line(drawing, x, top, x, bottom, "one" if tick == 1 else "grid")
        if name:
            _text(drawing, name, x, bottom + 14, "quiet", anchor="middle")
    for number, spread in enumerate(ratios.values()):
        _bar(drawing, left, top + number * ROW, axis, spread)


def _bar(drawing: ElementTree.Element, left: float, top: float, axis: Axis, spread: Spread | None) -> None:
    """Draw a bar from 1× to the median, a thin line from least to most over it, and the figure at the right."""
    right, middle = left + PLOT + VALUES, top + ROW / 2
    if spread is None:
        _text(drawing, wording.NOTHING, right, middle + 4, "quiet", anchor="end")
        return
    start, end = sorted((axis.at(1), axis.at(spread.middle)))
    place = {"x": _number(left + start), "y": _number(top + (ROW - BAR) / 2), "width": _number(end - start)}
    kind = "less" if spread.middle >= 1 else "more"
    ElementTree.SubElement(drawing, "rect", {"class": kind, **place, "height": str(BAR)})
    _line(drawing, left + axis.at(spread.low), middle, left + axis.at(spread.high), middle, "spread")
    _text(drawing, wording.times_alone(spread), right, middle + 4, "", anchor="end")


def _labels(drawing: ElementTree.Element, rows: list[str], top: float) -> None:
    for number, variant in enumerate(rows):
        _text(drawing, variant, LABELS + GAP - 8, top + number * ROW + ROW / 2 + 4, "", anchor="end")


def _text(drawing: ElementTree.Element, text: str, x: float, y: float, kind: str, anchor: str = "start") -> None:
    place = {"x": _number(x), "y": _number(y), "text-anchor": anchor}
    ElementTree.SubElement(drawing, "text", {**({"class": kind} if kind else {}), **place}).text = text


def _line(drawing: ElementTree.Element, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
    ends = {"x1": _number(x1), "y1": _number(y1), "x2": _number(x2), "y2": _number(y2)}
    ElementTree.SubElement(drawing, "line", {"class": kind, **ends})


def _number(value: float) -> str:
    return f"{value:.1f}"
