"""What `pulumi up` would build, for a person: ``python -m ops preview`` and ``graph``."""
