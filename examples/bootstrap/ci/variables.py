"""What GitHub is told: variables of the repository and of its environments, which the workflows read."""

from . import names
from .settings import Settings

Variables = dict[str, str]


def repository(settings: Settings) -> Variables:
    """Return the variables of every job; the drift check has no environment."""
    return {
        "AWS_REGION": settings.region,
        "AWS_DRIFT_ROLE": names.role_arn(settings, names.DRIFT_ROLE),
        "PULUMI_BACKEND_URL": names.backend_url(settings),
    }


def environments(settings: Settings) -> dict[str, Variables]:
    """Return the variables of each environment, whose jobs sign in as its own role."""
    found: dict[str, Variables] = {}
    for stack in settings.environments:
        found[stack] = {"AWS_DEPLOY_ROLE": names.role_arn(settings, names.deploy_role(stack))}
        preview = {"AWS_PREVIEW_ROLE": names.role_arn(settings, names.preview_role(stack))}
        found[names.preview_environment(stack)] = preview
    return found
