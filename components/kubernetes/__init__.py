"""Kubernetes objects that several subjects make."""
