"""``cluster``: EKS, its nodes, its add-ons and access to it."""

from typing import Literal

from pydantic import Field

from . import versions
from .base import Cidr, Free, KubernetesVersion, Model, PolicyArn, PrincipalArn, Version

AddonName = Literal[
    "vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "metrics-server", "aws-ebs-csi-driver"
]

# Maximum number of nodes in one managed node group (docs.aws.amazon.com/eks, "Service quotas").
MOST_NODES = 450
# Maximum size of a gp3 volume (docs.aws.amazon.com/ebs, "General Purpose SSD volumes").
LARGEST_DISK_GIB = 16384


class ApiEndpoint(Model):
    """Access to the Kubernetes API from outside; it is always reachable from inside the VPC."""

    public: bool = False
    """Whether the API is also reachable from the internet, from `publicCidrs` only."""
    public_cidrs: tuple[Cidr, ...] = ()
    """Address ranges that may reach the public endpoint."""


class NodeGroup(Model):
    """One managed node group across all zones."""

    instance_types: tuple[str, ...] = ("m6i.large",)
    """Instance types of one size and architecture, in order of preference."""
    min: int = Field(default=2, ge=1, le=MOST_NODES)
    """Minimum number of nodes. EKS rejects a minimum above the number of running nodes: scale up first."""
    max: int = Field(default=4, ge=1, le=MOST_NODES)
    """Maximum number of nodes. This stack runs no autoscaler; if you add one, its desired size is kept."""
    capacity: Literal["on-demand", "spot"] = "on-demand"
    """Purchase option of the instances."""
    disk_gib: int = Field(default=50, ge=20, le=LARGEST_DISK_GIB)
    """Size of the encrypted gp3 root volume, in GiB."""


class Nodes(Model):
    """`system` runs what the cluster needs to start; `apps` runs everything else, once istio-cni is ready."""

    system: NodeGroup = NodeGroup()
    """CoreDNS, the load balancer controller, metrics-server, istiod and the gateways."""
    apps: NodeGroup = NodeGroup()
    """Bookinfo and the app teams' pods."""


class Addon(Model):
    """An EKS add-on: its version and its configuration."""

    version: Version | None = None
    """Version of the add-on as AWS names it; defaults to the version pinned in `components/settings/versions.py`."""
    configuration: Free = {}
    """Configuration values, merged over the defaults of this stack."""


class LoadBalancerController(Model):
    """The AWS Load Balancer Controller; this stack uses it only to register gateway pods in target groups."""

    policy_arns: tuple[PolicyArn, ...] = ()
    """Additional IAM policies for its role, for teams that also use Ingress or Services of type LoadBalancer."""
    values: Free = {}
    """Helm values, merged over the defaults of this stack."""


class Cluster(Model):
    """The EKS cluster."""

    version: KubernetesVersion = versions.KUBERNETES
    """Kubernetes version, in quotes."""
    deployer: PrincipalArn | None = None
    """Role that runs `pulumi up`: EKS makes the creator of a cluster its administrator."""
    admins: tuple[PrincipalArn, ...] = ()
    """Roles that administer the cluster, in addition to the deployer."""
    viewers: tuple[PrincipalArn, ...] = ()
    """Roles that may read everything except Secrets."""
    endpoint: ApiEndpoint = ApiEndpoint()
    """Access to the Kubernetes API."""
    log_retention_days: Literal[7, 14, 30, 60, 90, 120, 150, 180, 365] = 30
    """Retention of the control-plane logs, in days."""
    nodes: Nodes = Nodes()
    """The two node groups."""
    addons: dict[AddonName, Addon] = {}
    """Changes to add-ons, by name; `aws-ebs-csi-driver` is installed only if it is listed here."""
    load_balancer_controller: LoadBalancerController = LoadBalancerController()
    """The AWS Load Balancer Controller."""
