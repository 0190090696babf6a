"""What is real in a stack on this computer, and what stands in for what cannot be had without AWS."""

from local.providers.kubernetes import releases
from local.time_scale import SCALE

REAL = (
    "the program, unchanged, on the Pulumi engine with a state of its own",
    "Kubernetes: etcd, API server with admission, controllers, scheduler, kube-proxy",
    "Istio: its charts by helm, istiod, sidecar injection, its agents and iptables rules, the mesh's certificates",
    "every request you send: balancer, gateway, sidecars, TLS between them, routes and authorization",
)
STANDS_IN = (
    "AWS: its API is moto, asked by botocore; the resource providers are stand-ins for their plugins",
    "nodes: network namespaces; the kubelet, the container runtime and the CNI plugins are played",
    "the NLB and the load balancer controller: a TCP balancer that obeys what the stack made in AWS and Kubernetes",
    f"waiting times of the NLB and of pods that end pass {SCALE} times faster",
    "istio-proxy: upstream Envoy, which has none of Istio's own filters",
    "Bookinfo: small services that answer as its images do; names of Services come from /etc/hosts",
    f"values that are not the program's: {'; '.join(releases.added())}",
)
