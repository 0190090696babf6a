"""What things are called, and their ARNs: all fixed, so that every policy is known before anything is made."""

from .settings import Settings

# The Pulumi project whose stacks the pipelines bring up.
PROJECT = "istio-eks"
ISSUER = "token.actions.githubusercontent.com"


def environment(stack: str) -> str:
    """Return the platform's name for a stack in AWS, which is also its cluster's."""
    return f"{PROJECT}-{stack}"


def bucket(settings: Settings) -> str:
    """Return the bucket's name. Bucket names are global: the account number makes it ours."""
    return f"{PROJECT}-state-{settings.account}"


def key_alias(stack: str) -> str:
    """Return the alias of the key of a stack's secrets."""
    return f"alias/{environment(stack)}/state"


def deploy_role(stack: str) -> str:
    """Return the name of the role that deploys a stack."""
    return f"{PROJECT}-deploy-{stack}"


def preview_role(stack: str) -> str:
    """Return the name of the role that previews a stack in the cloud."""
    return f"{PROJECT}-preview-{stack}"


DRIFT_ROLE = f"{PROJECT}-drift"


def preview_environment(stack: str) -> str:
    """Return the GitHub environment of a cloud preview."""
    return f"preview-{stack}"


def roles(settings: Settings) -> tuple[str, ...]:
    """Return the names of all roles of the pipelines."""
    stacks = settings.environments
    return (*map(deploy_role, stacks), *map(preview_role, stacks), DRIFT_ROLE)


def role_arn(settings: Settings, name: str) -> str:
    """Return the ARN of a role without path."""
    return f"arn:aws:iam::{settings.account}:role/{name}"


def provider_arn(settings: Settings) -> str:
    """Return the ARN of GitHub as an identity provider of the account."""
    return f"arn:aws:iam::{settings.account}:oidc-provider/{ISSUER}"


def bucket_arn(settings: Settings) -> str:
    """Return the ARN of the bucket; append ``/*`` for its objects."""
    return f"arn:aws:s3:::{bucket(settings)}"


def arn(settings: Settings, service: str, resource: str) -> str:
    """Return the ARN of a resource in the account and region."""
    return f"arn:aws:{service}:{settings.region}:{settings.account}:{resource}"


def backend_url(settings: Settings) -> str:
    """Return the value of PULUMI_BACKEND_URL.

    The URL contains the region: the reader of the state may be signed in to another.
    """
    return f"s3://{bucket(settings)}?region={settings.region}"


def secrets_provider(settings: Settings, stack: str) -> str:
    """Return the value for ``pulumi stack init --secrets-provider``."""
    return f"awskms://{key_alias(stack)}?region={settings.region}"
