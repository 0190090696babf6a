"""Whoever meets what a killed `up` leaves finds the way on."""

import pytest

from components.settings import names
from tests.support.stack_files import ROOT
from tests.support.unit import unlock


@pytest.mark.parametrize("message", unlock.MESSAGES)
def test_the_page_has_what_is_said(message: str) -> None:
    assert f'"{message}"' in unlock.section()


@pytest.mark.parametrize(
    "command",
    [
        "pulumi login",
        "pulumi cancel --stack",
        "pulumi refresh --stack",
        "helm list --all-namespaces --pending",
        "helm uninstall --namespace",
        "helm rollback --namespace",
        f"aws eks update-kubeconfig --name {names.PROJECT}-STACK",
    ],
)
def test_the_page_has_what_to_do(command: str) -> None:
    assert command in unlock.section()


def test_the_readme_leads_there() -> None:
    assert f"({unlock.ANCHOR})" in (ROOT / "README.md").read_text()
