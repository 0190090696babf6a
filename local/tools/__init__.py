"""Pinned Go tools: ``python -m local.tools`` builds them."""
