"""Addresses and ports of a control plane. Each has a network of its own, so that they are the same for all."""

# Of the machine, as pods see it.
ADDRESS = "10.244.0.1"
POD_RANGE = "10.244.0.0/16"
# One of the two that EKS takes.
SERVICE_RANGE = "172.20.0.0/16"
# The Service ``kubernetes`` always gets the first address.
SERVICE_ADDRESS = "172.20.0.1"

API_PORT = 6443
ETCD_PORT, ETCD_PEER_PORT = 2379, 2380
PROXY_HEALTH_PORT = 10256
