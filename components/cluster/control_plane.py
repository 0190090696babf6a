"""What EKS runs for us: its logs and how its API is reached."""

from .. import settings

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
# Extended support is EKS' default and costs six times as much; STANDARD upgrades the cluster instead.
UPGRADE_POLICY = "STANDARD"
# Days between a destroy and the loss of everything the key encrypted: the most KMS allows, and it bills none of them.
KEY_DELETION_DAYS = 30


def log_group(cluster: str) -> str:
    """The log group EKS writes to; it makes one without retention when there is none."""
    return f"/aws/eks/{cluster}/cluster"


def key_alias(cluster: str) -> str:
    """The alias of the key that encrypts the cluster's Secrets."""
    return f"alias/{cluster}/secrets"


def public_access_cidrs(endpoint: settings.ApiEndpoint) -> list[str] | None:
    """Who may reach the public endpoint; None without one, because pulumi-eks throws when both are given."""
    return list(endpoint.public_cidrs) if endpoint.public else None
