"""The stack file of a new environment: ``python -m ops new``."""
