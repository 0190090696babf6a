"""Certificates of the mesh: which exist, what is due, and what the cluster uses."""
