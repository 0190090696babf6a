"""Checks before Pulumi runs: ``python -m ops up`` and ``destroy``."""
