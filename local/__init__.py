"""The stack on this machine: real software where it can be had, and stand-ins for the rest (README.md)."""
