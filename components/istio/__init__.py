"""Istio: charts, sizes, policy, revisions."""
