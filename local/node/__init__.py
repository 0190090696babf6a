"""A node: its kubelet, container runtime and network plugin, played."""
