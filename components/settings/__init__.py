"""Models of the stack's settings: object-valued keys of the project namespace, with every default.

Rules between settings are in ``stack.rules``; ``stack.reading`` reads the settings from a stack's config.
"""

from typing import Annotated

from pydantic import Field

from .base import Label, Model
from .cluster import Addon, ApiEndpoint, Cluster, LoadBalancerController, NodeGroup, Nodes
from .gateways import Gateway, Replicas, Tls
from .mesh import Certificates, ChartValues, Generation, Generations, Mesh, Size
from .network import ExistingNetwork, FlowLogs, Network
from .workloads import Bookinfo, Images, Namespace, Weights

__all__ = [
    "Addon",
    "ApiEndpoint",
    "Bookinfo",
    "Certificates",
    "ChartValues",
    "Cluster",
    "ExistingNetwork",
    "FlowLogs",
    "Gateway",
    "Generation",
    "Generations",
    "Images",
    "LoadBalancerController",
    "Mesh",
    "Namespace",
    "Network",
    "NodeGroup",
    "Nodes",
    "Replicas",
    "Settings",
    "Size",
    "Tls",
    "Weights",
]


class Settings(Model):
    """Every setting of a stack."""

    network: Network = Network()
    """A new VPC, or an existing one."""
    cluster: Cluster = Cluster()
    """The EKS cluster."""
    mesh: Mesh
    """Istio and its certificate authority."""
    gateways: dict[Label, Gateway] = {}
    """Gateways by name."""
    namespaces: tuple[Namespace, ...] = ()
    """Namespaces of app teams."""
    bookinfo: Bookinfo = Bookinfo()
    """The sample application."""
    images: Images = Images()
    """Registries of the images."""
    contract_parameter: bool = True
    """Whether to write the outputs to an SSM parameter as well, for consumers that cannot read the state."""
    tags: dict[str, Annotated[str, Field(max_length=256)]] = {}
    """Tags for every AWS resource."""
    protect: bool = False
    """Whether to refuse any destroy, and every `up` that would delete VPC, cluster, signing keys or NLBs."""
