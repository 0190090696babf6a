"""Nodes, pods, mesh load, price."""
