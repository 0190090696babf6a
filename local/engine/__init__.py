"""The real Pulumi engine on a temporary copy of a project."""
