"""Requirements on an existing VPC; this program does not check them, so the preview lists them."""

from ..settings import ExistingNetwork, Network, names
from .addressing import (
    CONTROL_PLANE_ADDRESSES,
    LOAD_BALANCER_ADDRESSES,
    PRIVATE_PREFIX,
    PRIVATE_ROLE_TAG,
    PUBLIC_ROLE_TAG,
)


def requirements(settings: ExistingNetwork) -> tuple[str, ...]:
    """Return the requirements on the VPC, one sentence each.

    The owner of the VPC must meet them until the stack is destroyed.
    """
    private = _listed(settings.private_subnet_ids)
    return (
        f"{settings.vpc_id}: needs DNS support and DNS hostnames, or nodes cannot resolve the private API endpoint.",
        f"{private}: must be in at least two zones, one subnet per zone.",
        f"{private}: need a route for {names.ANYWHERE} to a NAT gateway, until the stack is destroyed; "
        f"{_without_nat()}",
        f"{private}: must be /{PRIVATE_PREFIX} or larger, or have a reserved range of free /28 blocks: nodes take "
        f"addresses in /28 blocks. The control plane needs {CONTROL_PLANE_ADDRESSES} more free addresses.",
        f"{private}: need the tag {_tag(PRIVATE_ROLE_TAG)}, for internal load balancers that teams create through the "
        f"controller.",
        *_public(settings.public_subnet_ids),
    )


def _public(subnets: tuple[str, ...]) -> tuple[str, ...]:
    if not subnets:
        return ("network.existing.publicSubnetIds is empty: no gateway can be internet-facing.",)
    public = _listed(subnets)
    return (
        f"{public}: need one subnet per zone, a route for {names.ANYWHERE} to an internet gateway, and "
        f"{LOAD_BALANCER_ADDRESSES} free addresses for every load balancer.",
        f"{public}: need the tag {_tag(PUBLIC_ROLE_TAG)}, for public load balancers that teams create through the "
        "controller.",
    )


def _without_nat() -> str:
    """Describe the requirements without NAT; the default of ``network.endpoints`` lists the services called."""
    services = Network().endpoints
    return (
        f"without NAT, they need interface endpoints with private DNS for {', '.join(services)}, whose security group "
        f"allows {names.HTTPS_PORT} from the VPC, a gateway endpoint for s3, and a registry inside the VPC for every "
        "image (`images`)."
    )


def _listed(subnets: tuple[str, ...]) -> str:
    return ", ".join(subnets)


def _tag(tags: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in tags.items())
