"""``cluster``: EKS, its nodes, its add-ons, and who may enter."""

from typing import Literal

from pydantic import Field

from . import versions
from .base import Cidr, Free, KubernetesVersion, Model, PolicyArn, PrincipalArn, Version

AddonName = Literal[
    "vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "metrics-server", "aws-ebs-csi-driver"
]

# Nodes of one managed node group (docs.aws.amazon.com/eks, "Service quotas").
MOST_NODES = 450
# What every EC2 instance takes of a gp3 volume (docs.aws.amazon.com/ebs, "General Purpose SSD volumes").
LARGEST_DISK_GIB = 16384


class ApiEndpoint(Model):
    """How the Kubernetes API is reached; from inside the VPC it always is."""

    public: bool = False
    """Whether the API also answers on the internet, to `publicCidrs` only."""
    public_cidrs: tuple[Cidr, ...] = ()
    """Who may reach the public endpoint."""


class NodeGroup(Model):
    """One managed node group over all zones."""

    instance_types: tuple[str, ...] = ("m6i.large",)
    """Instance types of one size and architecture, in order of preference."""
    min: int = Field(default=2, ge=1, le=MOST_NODES)
    """Nodes at least. EKS refuses a minimum above the number that runs: raise that number first."""
    max: int = Field(default=4, ge=1, le=MOST_NODES)
    """Nodes at most. Nothing here scales between: an autoscaler may, and its choice is kept."""
    capacity: Literal["on-demand", "spot"] = "on-demand"
    """How the instances are bought."""
    disk_gib: int = Field(default=50, ge=20, le=LARGEST_DISK_GIB)
    """Encrypted gp3 root volume, in GiB."""


class Nodes(Model):
    """`system` runs what the cluster needs to start; `apps` runs everything else, once istio-cni is there."""

    system: NodeGroup = NodeGroup()
    """CoreDNS, the load balancer controller, metrics-server, istiod and the gateways."""
    apps: NodeGroup = NodeGroup()
    """Bookinfo and the app teams' pods."""


class Addon(Model):
    """An EKS add-on: its version and its configuration."""

    version: Version | None = None
    """Build of the add-on as AWS names it; by default the pin of `components/settings/versions.py`."""
    configuration: Free = {}
    """Configuration values, merged last over ours."""


class LoadBalancerController(Model):
    """The AWS Load Balancer Controller; here it only registers gateway pods in target groups."""

    policy_arns: tuple[PolicyArn, ...] = ()
    """More IAM policies for its role, for teams that also use Ingress or Services of type LoadBalancer."""
    values: Free = {}
    """Helm values, merged last over ours."""


class Cluster(Model):
    """The EKS cluster."""

    version: KubernetesVersion = versions.KUBERNETES
    """Kubernetes version, quoted."""
    deployer: PrincipalArn | None = None
    """The role that runs `pulumi up`: EKS makes the cluster's creator an administrator."""
    admins: tuple[PrincipalArn, ...] = ()
    """Roles that administer the cluster, besides the deployer."""
    viewers: tuple[PrincipalArn, ...] = ()
    """Roles that may read everything but Secrets."""
    endpoint: ApiEndpoint = ApiEndpoint()
    """How the Kubernetes API is reached."""
    log_retention_days: Literal[7, 14, 30, 60, 90, 120, 150, 180, 365] = 30
    """How long control-plane logs are kept, in days."""
    nodes: Nodes = Nodes()
    """The two node groups."""
    addons: dict[AddonName, Addon] = {}
    """Changes to add-ons, by name; `aws-ebs-csi-driver` is installed when named here."""
    load_balancer_controller: LoadBalancerController = LoadBalancerController()
    """The AWS Load Balancer Controller."""
