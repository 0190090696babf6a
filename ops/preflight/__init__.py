"""What must be true before Pulumi is called: ``python -m ops up`` and ``destroy``."""
