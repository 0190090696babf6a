"""What is read of the providers' own config."""

import pytest

from components.stack import provider_config
from tests.support.unit.raw_config import config, load, refusal


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ('["111122223333", "123456789012"]', ("111122223333", "123456789012")),
        ("[111122223333]", ("111122223333",)),
        ("111122223333", ("111122223333",)),
        ("012345678901", ("012345678901",)),
        ("", ()),
        ("[]", ()),
    ],
)
def test_accounts_are_listed_or_one(written: str, ids: tuple[str, ...]) -> None:
    assert provider_config.account_ids({"aws:allowedAccountIds": written}) == ids
    assert provider_config.account_ids({}) == ()


@pytest.mark.parametrize("written", ['["111122223333"]', "111122223333"])
def test_an_account_that_is_nobodys_is_a_placeholder(written: str) -> None:
    (problem,) = load({**config(), "aws:allowedAccountIds": written}).placeholders
    assert problem.value == "111122223333"


def test_no_region_is_told() -> None:
    (problem,) = refusal({**config(), "aws:region": ""}).problems
    assert problem.key == "aws:region"


@pytest.mark.parametrize("listed", ["", "[]", '["aws"]', '["*"]'])
def test_the_default_kubernetes_provider_alone_is_disabled(listed: str) -> None:
    (problem,) = refusal({**config(), "pulumi:disable-default-providers": listed}).problems
    assert problem.key == "pulumi:disable-default-providers"
    assert problem.remedy == "Set it to [kubernetes]."


def test_default_tags_of_the_provider_reach_the_rules() -> None:
    both = {**config({"tags": {"team": "a"}}), "aws:defaultTags": '{"tags": {"team": "a"}}'}
    (problem,) = refusal(both).problems
    assert problem.key == "tags.team"
    assert "aws:defaultTags" in problem.reason
