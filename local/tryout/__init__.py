"""``make try``: a stack of this repository, up on this computer, and checked with real requests."""
