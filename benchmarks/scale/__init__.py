"""What istiod and its proxies do as a mesh grows, measured on a real API server and istiod."""
