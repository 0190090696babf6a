"""``python -m local.tools``: builds the pinned tools, and says where what they are made of lies.

Exit status: 0 done, 1 could not be built or fetched (message on standard error), 2 wrong usage.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from local.tools import go, tools
from local.tools.pinned import TOOLS

NAMES = (*TOOLS, "istio")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    unknown = sorted({*given.names} - {*NAMES})
    if unknown:
        parser.error(f"no such tool: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    try:
        if given.versions:
            _print_versions()
        elif given.path:
            print(tools.path(given.path))
        elif given.charts:
            _print_charts(given.charts)
        else:
            _build(given.names or NAMES)
    except go.GoError as error:
        tools.say(str(error))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.tools",
        description="Pinned tools that the proofs run on, built once into .tools/bin.",
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; default: all")
    asks = parser.add_mutually_exclusive_group()
    asks.add_argument("--versions", action="store_true", help="print what is deployed beside what it is proven on")
    asks.add_argument("--path", choices=tuple(TOOLS), metavar="NAME", help="print where a tool lies once it is built")
    asks.add_argument(
        "--charts",
        type=Path,
        metavar="FOLDER",
        help="print, as JSON, the charts of the Istio module that the go.mod in a folder pins; fetched if need be",
    )
    return parser


def _build(names: Sequence[str]) -> None:
    for name in names:
        tools.istio() if name == "istio" else tools.build(name)


def _print_versions() -> None:
    rows = [("", "the program deploys", "the proofs run on"), *tools.compared()]
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    for what, deployed, proven in rows:
        print(f"{what:<{first}}  {deployed:<{second}}  {proven}")


def _print_charts(pins: Path) -> None:
    module = tools.istio(pins)
    charts = {name: str(folder) for name, folder in tools.charts(module).items()}
    version = module.name.partition("@")[2]
    print(json.dumps({"version": version, "minor": tools.istio_minor(module), "charts": charts}))
