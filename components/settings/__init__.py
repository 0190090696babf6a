"""The shape of the stack's settings: object-valued keys of the project namespace, with every default.

What must hold between settings is in ``stack.rules``; ``stack.reading`` reads them from a stack's config.
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
    """Everything a stack can decide."""

    network: Network = Network()
    """The VPC, or an existing one."""
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
    """Where images come from."""
    contract_parameter: bool = True
    """Whether the outputs are written as an SSM parameter too, for consumers that cannot read the state."""
    tags: dict[str, Annotated[str, Field(max_length=256)]] = {}
    """Tags of every AWS resource."""
    protect: bool = False
    """Whether a destroy is refused as a whole, and an `up` that would delete VPC, cluster, signing keys or NLBs."""
