"""Configuration of the EKS control plane: logs, encryption key and API endpoint."""

from .. import settings

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
# Extended support is EKS' default and costs six times as much; with STANDARD, EKS upgrades the cluster instead.
UPGRADE_POLICY = "STANDARD"
# Days between a destroy and the deletion of the key: the maximum of KMS, which does not bill them.
KEY_DELETION_DAYS = 30


def log_group(cluster: str) -> str:
    """Return the name of the log group that EKS writes to; if it is missing, EKS creates it without retention."""
    return f"/aws/eks/{cluster}/cluster"


def key_alias(cluster: str) -> str:
    """Return the alias of the key that encrypts the cluster's Secrets."""
    return f"alias/{cluster}/secrets"


def public_access_cidrs(endpoint: settings.ApiEndpoint) -> list[str] | None:
    """Return the ranges that may reach the public endpoint; None without one, when pulumi-eks rejects a list."""
    return list(endpoint.public_cidrs) if endpoint.public else None
