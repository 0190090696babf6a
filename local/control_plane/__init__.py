"""A Kubernetes control plane of the real programs, and how its API server is asked."""
