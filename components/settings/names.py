"""Names shared by several modules: namespaces, label keys and ports."""

PROJECT = "istio-eks"

ISTIO_SYSTEM = "istio-system"
ISTIO_CNI = "istio-cni"
KUBE_SYSTEM = "kube-system"
BOOKINFO = "bookinfo"

# istiod sees only namespaces with this label (meshConfig.discoverySelectors).
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
# ConfigMap in which istiod publishes the roots to the proxies of a namespace.
ROOT_CONFIG_MAP = "istio-ca-root-cert"

# EKS supports no other cluster domain; it is not the trust domain of the mesh.
CLUSTER_DOMAIN = "svc.cluster.local"

HTTPS_PORT = 443
ANYWHERE = "0.0.0.0/0"
STATUS_PORT = 15021
STATUS_PATH = "/healthz/ready"


def gateway_workload(gateway: str) -> str:
    """Return the name of a gateway's namespace, Helm release, ServiceAccount and ``istio`` label."""
    return f"gateway-{gateway}"


def editors_group(namespace: str) -> str:
    """Return the Kubernetes group of a namespace's editors.

    EKS rejects the prefixes system:, eks:, aws:, amazon: and iam:.
    """
    return f"{PROJECT}:{namespace}:editors"


def revision(version: str) -> str:
    """Return the Istio revision of a version, without dots, which revisions do not allow."""
    return version.replace(".", "-")


def principal(trust_domain: str, namespace: str, service_account: str) -> str:
    """Return an identity in the notation of AuthorizationPolicy, without ``spiffe://``."""
    return f"{trust_domain}/ns/{namespace}/sa/{service_account}"
