"""Names that more than one place must agree on: namespaces, label keys, ports."""

PROJECT = "istio-eks"

ISTIO_SYSTEM = "istio-system"
ISTIO_CNI = "istio-cni"
KUBE_SYSTEM = "kube-system"
BOOKINFO = "bookinfo"

# istiod sees only namespaces that carry this pair (meshConfig.discoverySelectors).
DISCOVERY_KEY = "istio-discovery"
DISCOVERY_VALUE = "enabled"
DISCOVERY_LABELS = {DISCOVERY_KEY: DISCOVERY_VALUE}

REVISION_LABEL = "istio.io/rev"
TAG_LABEL = "istio.io/tag"
INJECTION_LABEL = "istio-injection"
INJECT_LABEL = "sidecar.istio.io/inject"
PROXY_CONFIG_ANNOTATION = "proxy.istio.io/config"

POD_SECURITY_LABEL = "pod-security.kubernetes.io/enforce"
READINESS_GATE_LABEL = "elbv2.k8s.aws/pod-readiness-gate-inject"

CONTROLLER_NAME = "aws-load-balancer-controller"
CA_SECRET = "cacerts"
# In which istiod tells a namespace's proxies the roots.
ROOT_CONFIG_MAP = "istio-ca-root-cert"

# EKS names no other; the trust domain of the mesh is something else.
CLUSTER_DOMAIN = "svc.cluster.local"

HTTPS_PORT = 443
ANYWHERE = "0.0.0.0/0"
STATUS_PORT = 15021
STATUS_PATH = "/healthz/ready"


def gateway_workload(gateway: str) -> str:
    """Namespace, Helm release, ServiceAccount and value of the ``istio`` label of a gateway of the settings."""
    return f"gateway-{gateway}"


def editors_group(namespace: str) -> str:
    """Kubernetes group of a namespace's editors (EKS refuses the prefixes system:, eks:, aws:, amazon: and iam:)."""
    return f"{PROJECT}:{namespace}:editors"


def revision(version: str) -> str:
    """Istio revision of a version: label values and object names take no dots."""
    return version.replace(".", "-")


def principal(trust_domain: str, namespace: str, service_account: str) -> str:
    """Identity as AuthorizationPolicy writes it: no ``spiffe://``."""
    return f"{trust_domain}/ns/{namespace}/sa/{service_account}"
