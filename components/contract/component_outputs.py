"""The stack's outputs, as defined in ``contract.model``."""

from collections.abc import Mapping
from typing import Any

import pulumi

from ..bookinfo.component import Bookinfo
from ..cluster.component import Cluster
from ..gateways.component import MeshGateway
from ..istio.component import Mesh
from ..network.component import Network
from ..settings.loaded import Loaded
from . import values


def previous() -> pulumi.StackReference:
    """Return the outputs of the last ``up`` of this stack; every output is None before the first."""
    return pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")


def contract(
    stack: Loaded,
    *,
    network: Network,
    cluster: Cluster,
    mesh: Mesh,
    gateways: Mapping[str, MeshGateway],
    bookinfo: Bookinfo | None,
) -> dict[str, pulumi.Input[Any]]:
    """Return every output by name.

    Args:
        stack: the settings.
        network: the VPC.
        cluster: the EKS cluster.
        mesh: Istio and its certificate authority.
        gateways: gateways by their names in the settings.
        bookinfo: the sample application; None if it is not installed.
    """
    return {
        **values.of(stack.settings, stack.region),
        "vpcId": network.vpc_id,
        "privateSubnetIds": network.private_subnet_ids,
        "publicSubnetIds": network.public_subnet_ids,
        "clusterName": cluster.name,
        "clusterArn": cluster.arn,
        "oidcProviderArn": cluster.oidc_provider_arn,
        "kubeconfig": cluster.kubeconfig,
        "gateways": {name: gateway.promises for name, gateway in gateways.items()},
        "rootCertificateFingerprints": mesh.root_fingerprints,
        "certificates": mesh.certificates,
        "bookinfoUrl": bookinfo.url if bookinfo else None,
    }
