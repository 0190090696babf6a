"""What a person reads in the offline preview."""

import io
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.settings import Settings
from ops.offline.planned import Plan
from ops.preview import text
from tests.support.days import TODAY
from tests.support.unit.capacity_settings import PLAIN
from tests.support.unit.small_document import SMALL, document, resource

ISTIOD = {
    **resource("istiod-release", "istio-mesh", custom=True),
    "type": "kubernetes:helm.sh/v3:Release",
    "inputs": {
        "name": "istiod-1-31-1",
        "chart": "istiod",
        "version": "1.31.1",
        "namespace": "istio-system",
        "repositoryOpts": {"repo": "https://charts.example"},
        "values": {"pilot": {"env": {"A": "true"}}, "network": "[unknown]", "note": "a [bold]word[/bold] " + "x" * 120},
    },
}
WARNINGS = ["The API endpoint is private.", "gateways.public.hosts[0] is a placeholder. " * 4]


def plan(*, region: str = "us-east-1", warnings: list[str] | None = None, **changes: Any) -> Plan:
    built = document(*(each for each in SMALL["resources"] if each["parent"]), ISTIOD)
    loaded = SimpleNamespace(
        settings=Settings.model_validate_json(json.dumps({**PLAIN, **changes})),
        region=region,
        today=TODAY,
    )
    return Plan(loaded=cast(Any, loaded), document={**built, "warnings": warnings or []})


def lines(of: Plan) -> list[str]:
    return text.text(of).splitlines()


def section(of: Plan, title: str, *, values: bool = False) -> str:
    _, _, rest = text.text(of, values=values).partition(f"\n{title} ──")
    return rest.split(" ──")[0] if rest else ""


@pytest.fixture(scope="module")
def plain() -> Plan:
    return plan(warnings=WARNINGS)


def test_the_top_says_what_and_how_many_resources(plain: Plan) -> None:
    assert lines(plain)[:3] == [
        "p / dev  in us-east-1, as of 2026-11-22",
        "4 resources in 4 components; no cloud API was called.",
        "",
    ]


def test_warnings_and_numbers_come_before_resources(plain: Plan) -> None:
    titles = [line.split(" ──")[0] for line in text.text(plain, values=True).splitlines() if " ──" in line]
    assert titles == [
        "Warnings",
        "Price",
        "Capacity",
        "Certificates",
        "Addresses",
        "Components",
        "Helm releases",
        "Helm values",
        "Next",
    ]


def test_warnings_are_told_in_full(plain: Plan) -> None:
    told = " ".join(section(plain, "Warnings").split())
    for warning in WARNINGS:
        assert " ".join(warning.split()) in told
    assert "None." in section(plan(), "Warnings")


def test_components_are_a_tree_with_counts(plain: Plan) -> None:
    found = section(plain, "Components")
    assert "├── istio-mesh  Component  Release, Z" in found
    assert "│   └── eks  Component  created by the plugin; its parts are not shown" in found


def test_a_release_shows_chart_and_version(plain: Plan) -> None:
    assert "istiod-1-31-1   istiod   1.31.1    istio-system" in section(plain, "Helm releases")


def test_values_of_releases_are_shown_only_on_request(plain: Plan) -> None:
    whole = text.text(plain)
    assert "Helm values" not in whole
    assert "pilot:" not in whole
    assert 'make preview STACK=dev ARGS="--values"\n' in whole
    assert "--values" not in text.text(plain, values=True)
    found = section(plain, "Helm values", values=True)
    assert "istiod-1-31-1  from https://charts.example" in found
    assert "  pilot:\n    env:\n      A: 'true'\n" in found
    assert "network: '[unknown]'" in found


def test_nothing_is_cut_and_markup_is_text(plain: Plan) -> None:
    whole = text.text(plain, values=True)
    assert "…" not in whole
    assert "a [bold]word[/bold]" in whole
    assert whole.replace("\n", "").replace(" ", "").count("x" * 120) == 1
    assert max(len(line) for line in whole.splitlines()) <= text.PIPED_WIDTH
    assert "\x1b" not in whole
    assert not any(line.endswith(" ") for line in whole.splitlines())


def test_addresses_capacity_and_price(plain: Plan) -> None:
    assert "us-east-1b   10.0.64.0/18" in section(plain, "Addresses")
    capacity = section(plain, "Capacity")
    assert "system       m6i.large   2 to 4" in capacity
    assert "gateway-public" in capacity
    price = " ".join(section(plain, "Price").split())
    assert "EKS cluster 1 $73.00" in price
    assert "EC2 as of 2026-07-20" in price


def test_another_region_is_not_priced_silently() -> None:
    price = " ".join(section(plan(region="eu-central-1"), "Price").split())
    assert "eu-central-1 is not in the price table: these are prices of us-east-1." in price


def test_unknown_types_say_so() -> None:
    unknown = plan(cluster={"nodes": {"system": {"instanceTypes": ["m9x.large"]}}})
    assert "unknown" in section(unknown, "Capacity")
    assert "Not priced: system nodes, m9x.large." in " ".join(section(unknown, "Price").split())


def test_an_existing_network_has_no_address_plan() -> None:
    existing = {"vpcId": "vpc-1a", "privateSubnetIds": ["subnet-1a", "subnet-2b"]}
    found = text.text(plan(network={"existing": existing}, gateways={}))
    assert "vpc-1a: an existing VPC, whose ranges are unknown here." in found
    assert "private subnet" not in found


def test_certificates_count_down(plain: Plan) -> None:
    found = section(plain, "Certificates")
    assert "Phase: stable." in found
    assert "intermediate 1   yes     2027-01-01   2026-12-31          39" in found


def test_it_says_which_key_lies_where(plain: Plan) -> None:
    found = section(plain, "Certificates")
    assert "root 1           the stack's state, encrypted\n" in found
    assert "intermediate 1   the stack's state, encrypted; Secret cacerts in istio-system\n" in found


def test_it_ends_with_the_next_step(plain: Plan) -> None:
    assert lines(plain)[-2] == "make up STACK=dev"


def test_a_terminal_gets_colours_and_a_pipe_none(plain: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, pipe = Terminal(), io.StringIO()
    text.show(plain, terminal)
    text.show(plain, pipe)
    assert "\x1b[" in terminal.getvalue()
    assert pipe.getvalue() == text.text(plain)
