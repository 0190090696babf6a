"""examples/bootstrap as a program, and what docs/pipelines.md and the workflows expect of it."""

import json
import re
from typing import Any

import pulumi
import pytest

from examples.bootstrap.ci import names, roles, trust, variables
from examples.bootstrap.ci.settings import RefusedError
from tests.support import stack_files
from tests.support.stack_files import ROOT
from tests.support.unit import bootstrap, harness
from tests.support.unit.recorded import Stack
from tests.support.unit.workflows import job, load, steps, triggers

SETTINGS = bootstrap.settings()
PIPELINES = (ROOT / "docs" / "pipelines.md").read_text()
README = (bootstrap.FOLDER / "README.md").read_text()


@pytest.fixture(scope="module")
def stack() -> Stack:
    return bootstrap.preview(bootstrap.config())


def problems(**changes: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        bootstrap.settings(**changes)
    return str(refused.value)


def test_defaults_are_main_and_the_stacks_of_the_platform() -> None:
    assert SETTINGS.branch == "main"
    assert list(SETTINGS.environments) == stack_files.tracked()


def test_the_committed_settings_name_their_placeholders_and_nothing_else() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        bootstrap.preview(bootstrap.committed())
    for key in ("aws:allowedAccountIds", "repository.name", "repository.id", "repository.ownerId", "platformTeam"):
        assert f"  {key}: " in str(refused.value)
    assert "5 problems; nothing was created." in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"repository": None}, "repository"),
        ({"repository": "acme/mesh"}, "repository"),
        ({"repository": {**bootstrap.REPOSITORY, "name": "acme/*"}}, "repository.name"),
        ({"repository": {**bootstrap.REPOSITORY, "name": "acme"}}, "repository.name"),
        ({"repository": {**bootstrap.REPOSITORY, "id": "456789"}}, "repository.id"),
        ({"repository": {**bootstrap.REPOSITORY, "id": True}}, "repository.id"),
        ({"repository": {**bootstrap.REPOSITORY, "ownerID": 1}}, "repository.ownerID"),
        ({"branch": "*"}, "branch"),
        ({"branch": "refs/heads/main"}, "branch"),
        ({"environments": "dev"}, "environments"),
        ({"environments": ["dev", "dev"]}, "environments"),
        ({"environments": ["Prod"]}, "environments"),
        ({"environments": ["preview-dev"]}, "environments"),
        ({"platformTeam": ["*"]}, "platformTeam"),
        ({"platformTeam": [f"arn:aws:iam::{bootstrap.ACCOUNT}:role/*"]}, "platformTeam"),
        ({"repositry": "acme/mesh"}, "repositry"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_told_with_its_key_and_what_to_write(changes: dict[str, Any], told: str) -> None:
    text = problems(**changes)
    assert text.startswith("Pulumi.bootstrap.yaml has 1 problem; nothing was created.\n\n  " + told)
    reason, remedy = text.split("\n\n")[1].splitlines()[1:]
    assert reason.endswith(".")
    assert remedy.endswith((".", "]."))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:allowedAccountIds", "[]"),
        ("aws:allowedAccountIds", '["123456789012", "210987654321"]'),
        ("aws:allowedAccountIds", "[123456789012]"),
        ("aws:region", "cn-north-1"),
        ("aws:region", "us-gov-west-1"),
        ("aws:region", ""),
    ],
)
def test_an_account_or_region_that_the_trust_does_not_hold_in_is_refused(key: str, value: str) -> None:
    with pytest.raises(pulumi.RunError, match=key):
        bootstrap.preview({**bootstrap.config(), key: value})


def test_every_resource_is_in_a_component(stack: Stack) -> None:
    assert {node.name for node in stack.nodes if node.resource["parent"] is None} <= {"pipelines", "state"} | {
        node.name for node in stack.nodes if node.resource["type"] == "pulumi:pulumi:Stack"
    }


def test_the_bucket_is_versioned_encrypted_closed_and_tidied(stack: Stack) -> None:
    assert stack.one("aws:s3/bucket:Bucket", "state").inputs["bucket"] == names.bucket(SETTINGS)
    closed = stack.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "state").inputs
    assert [closed[each] for each in closed if each != "bucket"] == [True] * 4
    assert stack.one("aws:s3/bucketVersioning:BucketVersioning", "state").inputs["versioningConfiguration"] == {
        "status": "Enabled"
    }
    (rule,) = stack.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "state").inputs["rules"]
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 365}
    # A state that is still the current one never goes by itself.
    assert "expiration" not in rule
    encryption = stack.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "state"
    )
    assert "AES256" in harness.texts(encryption.inputs)


def test_what_holds_every_state_is_protected(stack: Stack) -> None:
    protected = [node for node in stack.nodes if node.options["protect"]]
    assert sorted(node.name for node in protected) == ["state", "state-dev", "state-prod"]
    for node in stack.of_type("aws:kms/key:Key"):
        assert node.inputs["enableKeyRotation"] is True
        assert node.inputs["deletionWindowInDays"] == 30


def test_principals_are_there_before_the_policies_that_name_them(stack: Stack) -> None:
    provider = stack.one("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "pipelines")
    for role in stack.of_type("aws:iam/role:Role"):
        assert role.reaches(provider)
        for key in stack.of_type("aws:kms/key:Key"):
            assert key.reaches(role)


def test_policies_in_the_program_are_those_that_are_tested(stack: Stack) -> None:
    for plan in roles.plans(SETTINGS):
        role = stack.one("aws:iam/role:Role", plan.name).inputs
        assert json.loads(role["assumeRolePolicy"]) == plan.trust
        assert role["maxSessionDuration"] == plan.session
        for name, policy in plan.policies.items():
            made = stack.one("aws:iam/rolePolicy:RolePolicy", f"{plan.name}-{name}").inputs
            assert json.loads(made["policy"]) == policy


def test_the_outputs_are_what_the_workflows_read(stack: Stack) -> None:
    asked = {each for name in ("up", "cloud-preview", "schedule") for each in _variables(name)}
    assert stack.outputs["repositoryVariables"] == variables.repository(SETTINGS)
    assert stack.outputs["environmentVariables"] == variables.environments(SETTINGS)
    given = {*variables.repository(SETTINGS), *(k for each in variables.environments(SETTINGS).values() for k in each)}
    assert given == asked - {"RUNNER"}


def _variables(workflow: str) -> set[str]:
    text = (ROOT / ".github" / "workflows" / f"{workflow}.yml").read_text()
    return set(re.findall(r"vars\.([A-Z_]+)", text))


def test_environments_are_those_of_the_workflows() -> None:
    stacks = SETTINGS.environments
    assert set(variables.environments(SETTINGS)) == {*stacks, *(f"preview-{each}" for each in stacks)}
    assert job(("up", "up"))["environment"] == "${{ inputs.stack }}"
    assert job(("cloud-preview", "preview"))["environment"] == "preview-${{ inputs.stack }}"
    assert "environment" not in job(("schedule", "look"))


@pytest.mark.parametrize(
    ("workflow", "variable"),
    [(trust.DEPLOY, "AWS_DEPLOY_ROLE"), (trust.PREVIEW, "AWS_PREVIEW_ROLE"), (trust.DRIFT, "AWS_DRIFT_ROLE")],
)
def test_each_workflow_asks_for_the_role_that_trusts_it(workflow: str, variable: str) -> None:
    (signing,) = [
        step["with"] for step in steps(workflow.removesuffix(".yml")) if "aws-actions" in step.get("uses", "")
    ]
    assert signing["role-to-assume"] == f"${{{{ vars.{variable} }}}}"
    wanted = int(signing.get("role-duration-seconds", 3600))
    kind = variable.split("_")[1].lower()
    assert [plan.session for plan in roles.plans(SETTINGS) if kind in plan.name] == [wanted] * (
        1 if kind == "drift" else len(SETTINGS.environments)
    )


def test_the_branch_is_the_one_that_is_built() -> None:
    assert triggers(load("main"))["push"]["branches"] == [SETTINGS.branch]


def test_the_page_takes_the_branch_and_every_stack_from_the_settings(stack: Stack) -> None:
    assert stack.outputs["branch"] == SETTINGS.branch
    assert "branch=$(pulumi stack output branch)" in README
    assert f"name={SETTINGS.branch}" not in README
    assert not re.search(r"istio-eks-(preview-|deploy-)?(dev|prod)\b", README)


def test_docs_name_every_variable_environment_and_role() -> None:
    for variable in [*variables.repository(SETTINGS), "AWS_DEPLOY_ROLE", "AWS_PREVIEW_ROLE"]:
        assert f"| `{variable}` |" in PIPELINES
    for environment in variables.environments(SETTINGS):
        assert f"`{environment}`" in PIPELINES
    for output in ("repositoryVariables", "environmentVariables", "secretsProviders"):
        assert output in README
    for role in ("istio-eks-deploy-<stack>", "istio-eks-preview-<stack>", names.DRIFT_ROLE):
        assert f"`{role}`" in README
    assert "examples/bootstrap" in PIPELINES


def test_secrets_providers_name_the_keys(stack: Stack) -> None:
    aliases = {node.inputs["name"] for node in stack.of_type("aws:kms/alias:Alias")}
    given = stack.outputs["secretsProviders"]
    assert set(given) == set(SETTINGS.environments)
    assert {each.removeprefix("awskms://").partition("?")[0] for each in given.values()} == aliases


def test_packages_are_of_the_versions_of_the_platform() -> None:
    pins = _pins((ROOT / "requirements.in").read_text())
    own = _pins((bootstrap.FOLDER / "requirements.txt").read_text())
    assert own.keys() == {"pulumi", "pulumi-aws"}
    assert own.items() <= pins.items()


def _pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w-]+)==([\w.]+)", text, re.MULTILINE))
