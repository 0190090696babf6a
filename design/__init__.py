"""Decisions as pure functions: no Pulumi, no I/O; ``clock`` alone reads the clock."""
