"""The mesh's certificates: what there is, what is due, and what the cluster really uses."""
