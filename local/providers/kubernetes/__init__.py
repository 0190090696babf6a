"""The kubernetes provider, in front of a kept cluster or of a real API server."""
