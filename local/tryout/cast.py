"""Parts of a stack on this computer that are real, and parts that are simulated because they need AWS."""

from local.providers.kubernetes import releases
from local.time_scale import SCALE

REAL = (
    "the program, unchanged, on the Pulumi engine with its own state",
    "Kubernetes: etcd, API server with admission, controllers, scheduler, kube-proxy",
    "Istio: its charts by helm, istiod, sidecar injection, its agents and iptables rules, the mesh's certificates",
    "every request that you send: load balancer, gateway, sidecars, TLS between them, routes and authorization",
)
SIMULATED = (
    "AWS: moto serves its API to botocore; fake resource providers replace the plugins",
    "nodes: network namespaces; the kubelet, the container runtime and the CNI plugins are simulated",
    "the NLB and the load balancer controller: a TCP balancer that follows the stack's resources in AWS and Kubernetes",
    f"delays: those of the NLB and of terminating pods are {SCALE} times shorter",
    "istio-proxy: upstream Envoy, without Istio's own filters",
    "Bookinfo: small services with the same answers as its images; names of Services come from /etc/hosts",
    f"Helm values that the program does not set: {'; '.join(releases.added())}",
)
