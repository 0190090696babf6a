"""Everything is rendered once, from what the program emits."""

import pytest

from tests.support import needs
from tests.support.charts import deployed, variants
from tests.support.charts.deployed import Deployed
from tests.support.charts.releases import Helm
from tests.support.stack_files import ROOT


@pytest.fixture(scope="session")
def helm() -> Helm:
    return Helm(needs.tool("helm"), needs.istio_charts())


@pytest.fixture(scope="session")
def every(helm: Helm) -> dict[str, Deployed]:
    """All variants by name."""
    return deployed.deploy(helm)


@pytest.fixture(scope="session", params=variants.VARIANTS)
def cluster(request: pytest.FixtureRequest, every: dict[str, Deployed]) -> Deployed:
    """Each variant."""
    return every[request.param]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if deployed.FOLDER.exists():
        folder = deployed.FOLDER.relative_to(ROOT)
        terminalreporter.write_line(f"Rendered manifests: {folder}/<{' | '.join(variants.VARIANTS)}>/<release>.yaml")
