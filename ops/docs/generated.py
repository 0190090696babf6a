"""Generated parts of README.md and docs/; the benchmarks write docs/scale.md."""

import yaml

from components.trust import alerts
from ops.docs import excerpt, outputs, settings
from ops.docs.pages import Written
from ops.offline.planned import Plan
from ops.preview import graph, text

README = "README.md"
ARCHITECTURE = "docs/architecture.md"
SETTINGS = "docs/settings.md"
OUTPUTS = "docs/outputs.md"
PROMETHEUS = "docs/prometheus-rules.yaml"


def written(plan: Plan) -> Written:
    """Return the generated parts; ``plan`` is of the stack that README.md and docs/architecture.md show."""
    head = "# Written by `make docs` from components/trust/alerts.py.\n"
    rules = yaml.safe_dump(alerts.rules(), sort_keys=False, width=120)
    sample = f"$ make preview STACK={plan.document['stack']}\n{excerpt.excerpt(text.text(plan))}"
    return Written(
        blocks={
            README: {"preview": f"```console\n{sample}\n```"},
            ARCHITECTURE: {"graph": f"```mermaid\n{graph.render(plan.document)}\n```"},
            SETTINGS: {"settings": settings.markdown()},
            OUTPUTS: {"outputs": outputs.markdown()},
        },
        files={PROMETHEUS: head + rules},
    )
