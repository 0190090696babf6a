"""The parts of docs/ that are generated from the code they describe; the benchmarks generate docs/scale.md."""

from collections.abc import Mapping
from typing import Any

import yaml

from components.trust import alerts
from ops.docs import outputs, settings
from ops.docs.pages import Written
from ops.preview import graph

ARCHITECTURE = "docs/architecture.md"
SETTINGS = "docs/settings.md"
OUTPUTS = "docs/outputs.md"
PROMETHEUS = "docs/prometheus-rules.yaml"


def written(document: Mapping[str, Any]) -> Written:
    """Return every generated block and file.

    Args:
        document: the offline document of the stack whose components docs/architecture.md shows.
    """
    head = "# Written by `make docs` from components/trust/alerts.py.\n"
    rules = yaml.safe_dump(alerts.rules(), sort_keys=False, width=120)
    return Written(
        blocks={
            ARCHITECTURE: {"graph": f"```mermaid\n{graph.render(document)}\n```"},
            SETTINGS: {"settings": settings.markdown()},
            OUTPUTS: {"outputs": outputs.markdown()},
        },
        files={PROMETHEUS: head + rules},
    )
