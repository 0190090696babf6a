"""Who becomes a role of the pipelines: exactly the jobs of this repository that are meant to."""

from typing import Any

import pytest

from examples.bootstrap.ci import names, roles
from examples.bootstrap.ci.roles import RolePlan
from tests.support.unit import bootstrap, iam_policies

ASSUME = "sts:AssumeRoleWithWebIdentity"
PLANS = {plan.name: plan for plan in roles.plans(bootstrap.settings())}
MAIN = "refs/heads/main"


def token(workflow: str, environment: str | None, **changes: str) -> dict[str, str]:
    """The claims of a job of main, as GitHub writes them; ``changes`` go into the subject where it repeats them."""
    claims = {"repository": "acme/mesh", "repository_id": "456789", "ref": MAIN, "aud": "sts.amazonaws.com", **changes}
    context = f"environment:{environment}" if environment else f"ref:{claims['ref']}"
    if claims.get("event_name") == "pull_request" and not environment:
        context = "pull_request"
    written = {
        "sub": f"repo:{claims['repository']}:{context}",
        "job_workflow_ref": f"{claims['repository']}/.github/workflows/{workflow}@{claims['ref']}",
    }
    return {**written, **claims}


def numbered(claims: dict[str, str]) -> dict[str, str]:
    """The same with GitHub's numbers in the subject."""
    return {**claims, "sub": claims["sub"].replace("repo:acme/mesh:", "repo:acme@123456/mesh@456789:")}


def gets_in(plan: RolePlan, claims: dict[str, str]) -> bool:
    context = {f"{names.ISSUER}:{claim}": value for claim, value in claims.items()}
    return iam_policies.allows(plan.trust, ASSUME, context=context)


ENTRANCES = {
    "istio-eks-deploy-dev": ("up.yml", "dev"),
    "istio-eks-deploy-prod": ("up.yml", "prod"),
    "istio-eks-preview-dev": ("cloud-preview.yml", "preview-dev"),
    "istio-eks-preview-prod": ("cloud-preview.yml", "preview-prod"),
    "istio-eks-drift": ("schedule.yml", None),
}
# What each of them is not, on top of what it is.
STRANGERS: dict[str, dict[str, str]] = {
    "a branch": {"ref": "refs/heads/feature"},
    "a branch that begins like it": {"ref": "refs/heads/main2"},
    "a tag of its name": {"ref": "refs/tags/main"},
    "a pull request": {"event_name": "pull_request", "ref": "refs/pull/7/merge"},
    "a fork": {"repository": "mallory/mesh", "repository_id": "999"},
    "another repository of ours": {"repository": "acme/other", "repository_id": "457000"},
    "a later repository of the same name": {"repository_id": "999"},
    "a token for another audience": {"aud": "https://github.com/acme"},
}


def test_every_role_has_its_job() -> None:
    assert PLANS.keys() == ENTRANCES.keys()


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("form", [dict, numbered], ids=["names", "numbers"])
def test_its_own_job_gets_in(name: str, form: Any) -> None:
    assert gets_in(PLANS[name], form(token(*ENTRANCES[name])))


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("form", [dict, numbered], ids=["names", "numbers"])
def test_no_stranger_gets_in(name: str, stranger: str, form: Any) -> None:
    assert not gets_in(PLANS[name], form(token(*ENTRANCES[name], **STRANGERS[stranger])))


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("other", ENTRANCES)
def test_a_job_becomes_its_own_role_and_no_other(name: str, other: str) -> None:
    assert gets_in(PLANS[name], token(*ENTRANCES[other])) is (name == other)


@pytest.mark.parametrize("name", ENTRANCES)
def test_another_workflow_does_not_get_in_with_the_same_environment(name: str) -> None:
    assert not gets_in(PLANS[name], token("comment.yml", ENTRANCES[name][1]))


@pytest.mark.parametrize("name", ENTRANCES)
@pytest.mark.parametrize("claim", ["sub", "aud", "repository_id", "ref", "job_workflow_ref"])
def test_every_condition_counts_and_none_holds_without_its_claim(name: str, claim: str) -> None:
    claims = token(*ENTRANCES[name])
    assert not gets_in(PLANS[name], {**claims, claim: "something else"})
    assert not gets_in(PLANS[name], {key: value for key, value in claims.items() if key != claim})


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_a_trust_names_the_repository_and_branch_or_environment_without_patterns(plan: RolePlan) -> None:
    (statement,) = iam_policies.statements(plan.trust)
    assert statement["Action"] == ASSUME
    assert statement["Principal"] == {"Federated": names.provider_arn(bootstrap.settings())}
    assert list(statement["Condition"]) == ["StringEquals"]
    subjects = statement["Condition"]["StringEquals"][f"{names.ISSUER}:sub"]
    for subject in subjects:
        assert subject.startswith(("repo:acme/mesh:", "repo:acme@123456/mesh@456789:"))
        assert subject.partition("mesh")[2].split(":", 1)[1].startswith(("environment:", f"ref:{MAIN}"))
    assert "*" not in str(statement)


def test_another_branch_can_be_the_one() -> None:
    plan = next(each for each in roles.plans(bootstrap.settings(branch="release/2")) if "drift" in each.name)
    assert gets_in(plan, token("schedule.yml", None, ref="refs/heads/release/2"))
    assert not gets_in(plan, token("schedule.yml", None))
