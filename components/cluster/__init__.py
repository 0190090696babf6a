"""EKS: control plane, access, add-ons, nodes, the load balancer controller."""
