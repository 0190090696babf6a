"""``make try``: run a stack of this repository on this computer and check it with real requests."""
