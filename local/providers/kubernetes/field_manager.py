"""Who an object is applied by: a manager of its own, kept in its outputs."""

import secrets

from local.providers.kubernetes.target import Manifest

# The output that the provider keeps the name in (provider.go, fieldManagerKey).
FIELD_MANAGER = "__fieldManager"


def name(outputs: Manifest | None) -> str:
    """Return the name in the outputs, or a new one for an object that has none yet (provider.go, fieldManagerName)."""
    return str((outputs or {}).get(FIELD_MANAGER) or f"pulumi-kubernetes-{secrets.token_hex(4)}")
