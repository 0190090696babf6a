"""Generated parts of README.md and docs/; the benchmarks write docs/scale.md."""

from collections.abc import Mapping
from typing import Any

import yaml

from components.trust import alerts
from ops.docs import outputs, settings
from ops.docs.pages import Written
from ops.preview import graph

README = "README.md"
OUTPUTS = "docs/outputs.md"
PROMETHEUS = "docs/prometheus-rules.yaml"


def written(document: Mapping[str, Any]) -> Written:
    """Return the generated parts; ``document`` is of the stack whose components README.md shows."""
    head = "# Written by `make docs` from components/trust/alerts.py.\n"
    rules = yaml.safe_dump(alerts.rules(), sort_keys=False, width=120)
    return Written(
        blocks={
            README: {"graph": f"```mermaid\n{graph.render(document)}\n```", "settings": settings.markdown()},
            OUTPUTS: {"outputs": outputs.markdown()},
        },
        files={PROMETHEUS: head + rules},
    )
