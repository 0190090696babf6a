"""Decisions as pure functions: no Pulumi, no I/O, no clock."""
