"""Pulumi resources: one ComponentResource a file."""
