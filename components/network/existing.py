"""What a VPC that somebody else owns must offer; nobody checks it, so the preview says it."""

from ..settings import ExistingNetwork, Network, names
from .addressing import (
    CONTROL_PLANE_ADDRESSES,
    LOAD_BALANCER_ADDRESSES,
    PRIVATE_PREFIX,
    PRIVATE_ROLE_TAG,
    PUBLIC_ROLE_TAG,
)


def requirements(settings: ExistingNetwork) -> tuple[str, ...]:
    """What the VPC of the settings needs, one sentence a line; the owner of the VPC provides it until after destroy."""
    private = _listed(settings.private_subnet_ids)
    return (
        f"{settings.vpc_id}: DNS support and DNS hostnames are on, or nodes do not find the private API endpoint.",
        f"{private}: in two zones or more, one subnet a zone.",
        f"{private}: a route for {names.ANYWHERE} to a NAT gateway, which stays until the stack is destroyed; "
        f"{_without_nat()}",
        f"{private}: /{PRIVATE_PREFIX} or larger, or a reserved range of free /28 blocks: nodes take addresses in /28 "
        f"blocks, and {CONTROL_PLANE_ADDRESSES} more are free for the control plane.",
        f"{private}: tag {_tag(PRIVATE_ROLE_TAG)}, for internal load balancers that teams create through the "
        f"controller.",
        *_public(settings.public_subnet_ids),
    )


def _public(subnets: tuple[str, ...]) -> tuple[str, ...]:
    if not subnets:
        return ("network.existing.publicSubnetIds is empty: no gateway can face the internet.",)
    public = _listed(subnets)
    return (
        f"{public}: one subnet a zone, a route for {names.ANYWHERE} to an internet gateway, and "
        f"{LOAD_BALANCER_ADDRESSES} free addresses for every load balancer.",
        f"{public}: tag {_tag(PUBLIC_ROLE_TAG)}, for public load balancers that teams create through the controller.",
    )


def _without_nat() -> str:
    """The default of ``network.endpoints`` is the list of services that nodes and controllers call."""
    services = Network().endpoints
    return (
        f"without NAT: interface endpoints with private DNS for {', '.join(services)}, whose security group lets in "
        f"{names.HTTPS_PORT} from the VPC, a gateway endpoint for s3, and a registry inside for every image (`images`)."
    )


def _listed(subnets: tuple[str, ...]) -> str:
    return ", ".join(subnets)


def _tag(tags: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in tags.items())
