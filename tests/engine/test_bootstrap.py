"""What examples/bootstrap asks for, against AWS's own request shapes and what moto refuses; no engine."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from examples.bootstrap.ci import names, permissions, state
from examples.bootstrap.ci import settings as bootstrap_settings
from examples.bootstrap.ci.reads import READS
from examples.bootstrap.ci.settings import Settings
from examples.bootstrap.ci.writes import WRITES
from local.providers.aws import cloud
from tests.support.engine.aws_account import ALIAS, INLINE, KEY, ROLE, Account, opened
from tests.support.unit import bootstrap
from tests.support.unit.recorded import Stack

PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
# Services whose name in IAM is not boto3's.
CLIENTS = {"elasticloadbalancing": "elbv2"}
# Permissions that are no operation of their service.
NO_OPERATION = {"iam:PassRole"}
RAW = {**bootstrap.config(), "aws:allowedAccountIds": json.dumps([cloud.ACCOUNT])}


@pytest.fixture(scope="module")
def planned() -> Stack:
    return bootstrap.preview(RAW)


@pytest.fixture
def account() -> Iterator[Account]:
    with opened() as empty:
        yield empty


@pytest.fixture
def settings(planned: Stack) -> Settings:
    return bootstrap_settings.load(RAW, "test")


@pytest.fixture
def s3(account: Account) -> Any:
    return account.cloud.session.client("s3")


def wanted(planned: Stack, type_: str) -> dict[str, dict[str, Any]]:
    return {node.name: node.inputs for node in planned.of_type(type_)}


def part(planned: Stack, kind: str) -> dict[str, Any]:
    (found,) = wanted(planned, f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}").values()
    return {key: value for key, value in found.items() if key != "bucket"}


@pytest.mark.parametrize(
    "action", sorted({each for table in (READS, WRITES) for row in table.values() for each in row})
)
def test_every_action_is_one_that_its_service_has(action: str) -> None:
    service, _, operation = action.partition(":")
    if action not in NO_OPERATION:
        assert operation in operations(CLIENTS.get(service, service))


def operations(service: str) -> set[str]:
    model = boto3.Session()._session.get_service_model(service)
    return set(model.operation_names)


def test_every_policy_is_one_that_iam_takes(planned: Stack, account: Account) -> None:
    for name, inputs in wanted(planned, PROVIDER).items():
        account.make(name, PROVIDER, **inputs)
    for name, inputs in wanted(planned, ROLE).items():
        account.make(name, ROLE, **inputs)
    for name, inputs in wanted(planned, INLINE).items():
        # What the engine fills in from the role.
        account.make(name, INLINE, **{**inputs, "role": name.rpartition("-")[0]})
    iam = account.cloud.session.iam
    made = {role["RoleName"] for role in iam.list_roles()["Roles"]}
    assert made == {inputs["name"] for inputs in wanted(planned, ROLE).values()}
    inline = iam.list_role_policies(RoleName="istio-eks-deploy-dev")["PolicyNames"]
    assert sorted(inline) == ["read", "state", "write"]


def test_policies_that_a_deployment_attaches_are_aws_own(account: Account) -> None:
    for name in permissions.ATTACHED:
        found = account.cloud.session.iam.get_policy(PolicyArn=f"arn:aws:iam::aws:policy/{name}")
        assert found["Policy"]["Path"] in ("/", "/service-role/")


def test_kms_takes_the_keys_with_their_policies(planned: Stack, account: Account, settings: Settings) -> None:
    """Directly: the stand-in of the platform's key has no policy of its own."""
    kms = account.cloud.session.kms
    for stack in settings.environments:
        inputs = wanted(planned, KEY)[f"state-{stack}"]
        made = kms.create_key(Policy=inputs["policy"], Description=inputs["description"])["KeyMetadata"]["KeyId"]
        alias = wanted(planned, ALIAS)[f"state-{stack}"]["name"]
        kms.create_alias(AliasName=alias, TargetKeyId=made)
        kms.put_key_policy(KeyId=made, PolicyName="default", Policy=inputs["policy"])
        kept = kms.get_key_policy(KeyId=kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"], PolicyName="default")
        assert json.loads(kept["Policy"]) == state.key_policy(settings, stack)


def test_s3_takes_the_bucket_and_all_that_is_said_of_it(planned: Stack, s3: Any) -> None:
    bucket = part(planned, "Bucket").get("bucket") or names.bucket(bootstrap_settings.load(RAW, "test"))
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": bootstrap.REGION})
    closed = part(planned, "BucketPublicAccessBlock")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=_aws(closed))
    s3.put_bucket_policy(Bucket=bucket, Policy=part(planned, "BucketPolicy")["policy"])
    versioning = part(planned, "BucketVersioning")["versioningConfiguration"]
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=_aws(versioning))
    (rule,) = part(planned, "BucketLifecycleConfiguration")["rules"]
    renamed = {("ID" if key == "Id" else key): value for key, value in _aws(rule).items()}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [renamed]})
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    (kept,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert kept["NoncurrentVersionExpiration"] == {"NoncurrentDays": state.KEPT_DAYS}


def _aws(value: Any) -> Any:
    """The provider's names are AWS's, with a small letter."""
    if isinstance(value, dict):
        return {key[0].upper() + key[1:]: _aws(item) for key, item in value.items()}
    return value
