"""Who may become a role: which workflow of which repository, branch and environment."""

from dataclasses import dataclass

from . import documents, names
from .settings import Settings

# What aws-actions/configure-aws-credentials asks GitHub to make its token for.
AUDIENCE = "sts.amazonaws.com"
FOLDER = ".github/workflows"
# Workflow files by what they sign in for.
DEPLOY, PREVIEW, DRIFT = "up.yml", "cloud-preview.yml", "schedule.yml"


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """One job that signs in. environment: of GitHub; None for a job that has none."""

    workflow: str
    environment: str | None


def subjects(settings: Settings, entrance: Entrance) -> list[str]:
    """Return the `sub` of the job's tokens, in both forms that GitHub writes.

    Repositories made, renamed or moved since July 2026 have the numbers in it, others once they opt in (GitHub, "OpenID
    Connect reference", immutable subject claims). An environment takes the place of the branch.
    """
    repository = settings.repository
    owner, _, name = repository.name.partition("/")
    numbered = f"{owner}@{repository.owner_id}/{name}@{repository.id}"
    context = f"environment:{entrance.environment}" if entrance.environment else f"ref:{_ref(settings)}"
    return [f"repo:{repository.name}:{context}", f"repo:{numbered}:{context}"]


def policy(settings: Settings, entrance: Entrance) -> documents.Document:
    """Return the trust policy: every condition must hold, and none has a pattern.

    STS reads the claims beside `sub` and `aud` since January 2026 (IAM, "Available keys for AWS OIDC federation"). They
    say what `sub` cannot: the branch of a job with an environment, the file that the job is written in, and the number
    of the repository where the subject has its name alone.
    """
    claims: dict[str, str | list[str]] = {
        "aud": AUDIENCE,
        "sub": subjects(settings, entrance),
        "repository_id": str(settings.repository.id),
        "ref": _ref(settings),
        "job_workflow_ref": f"{settings.repository.name}/{FOLDER}/{entrance.workflow}@{_ref(settings)}",
    }
    return documents.document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": names.provider_arn(settings)},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{names.ISSUER}:{claim}": value for claim, value in claims.items()}},
        }
    )


def _ref(settings: Settings) -> str:
    return f"refs/heads/{settings.branch}"
