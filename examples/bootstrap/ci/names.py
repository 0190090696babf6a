"""What things are called, and their ARNs: all fixed, so that every policy is known before anything is made."""

from .settings import Settings

# The Pulumi project whose stacks the pipelines bring up.
PROJECT = "istio-eks"
ISSUER = "token.actions.githubusercontent.com"


def environment(stack: str) -> str:
    """What the platform calls a stack in AWS; also its cluster."""
    return f"{PROJECT}-{stack}"


def bucket(settings: Settings) -> str:
    """Names of buckets are everybody's: the account makes it ours."""
    return f"{PROJECT}-state-{settings.account}"


def key_alias(stack: str) -> str:
    """Alias of the key of a stack's secrets."""
    return f"alias/{environment(stack)}/state"


def deploy_role(stack: str) -> str:
    """Who brings a stack up."""
    return f"{PROJECT}-deploy-{stack}"


def preview_role(stack: str) -> str:
    """Who previews a stack in the cloud."""
    return f"{PROJECT}-preview-{stack}"


DRIFT_ROLE = f"{PROJECT}-drift"


def preview_environment(stack: str) -> str:
    """The GitHub environment of a cloud preview."""
    return f"preview-{stack}"


def roles(settings: Settings) -> tuple[str, ...]:
    """Every role of the pipelines."""
    stacks = settings.environments
    return (*map(deploy_role, stacks), *map(preview_role, stacks), DRIFT_ROLE)


def role_arn(settings: Settings, name: str) -> str:
    """Of a role without path."""
    return f"arn:aws:iam::{settings.account}:role/{name}"


def provider_arn(settings: Settings) -> str:
    """Of GitHub as an identity provider of the account."""
    return f"arn:aws:iam::{settings.account}:oidc-provider/{ISSUER}"


def bucket_arn(settings: Settings) -> str:
    """Of the bucket; its objects have ``/*`` behind it."""
    return f"arn:aws:s3:::{bucket(settings)}"


def arn(settings: Settings, service: str, resource: str) -> str:
    """Of anything in the account and region."""
    return f"arn:aws:{service}:{settings.region}:{settings.account}:{resource}"


def backend_url(settings: Settings) -> str:
    """For PULUMI_BACKEND_URL. The region is in it: who reads the state may be signed in to another."""
    return f"s3://{bucket(settings)}?region={settings.region}"


def secrets_provider(settings: Settings, stack: str) -> str:
    """For ``pulumi stack init --secrets-provider``."""
    return f"awskms://{key_alias(stack)}?region={settings.region}"
