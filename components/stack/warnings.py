"""Warnings before an ``up`` that follow from the settings alone.

The expiry of certificates has its own warnings, because only the state shows whether they exist (``trust.warnings``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..network import existing as existing_network
from ..settings import Settings, names, versions
from ..settings.images import hubs
from ..settings.problems import Problem

# Time to prepare an upgrade of the control plane and of every node (docs.aws.amazon.com/eks).
SUPPORT_ENDS_SOON = timedelta(days=90)
DOCKER_HUB = "docker.io/"


@dataclass(frozen=True, kw_only=True)
class WarningContext:
    """Everything that a warning may look at."""

    settings: Settings
    """Settings that every rule accepts."""
    today: date
    """Day on which the settings are read, in UTC."""
    placeholders: Sequence[Problem]
    """Placeholders that are left."""


Warning_ = Callable[[WarningContext], Iterable[str]]


def warnings(settings: Settings, today: date, *, placeholders: Sequence[Problem] = ()) -> list[str]:
    """Return one or two sentences for each warning.

    Args:
        settings: settings that every rule accepts.
        today: day on which the settings are read, in UTC.
        placeholders: placeholders that are left (``stack.placeholders``).
    """
    context = WarningContext(settings=settings, today=today, placeholders=placeholders)
    return [text for warning in WARNINGS for text in warning(context)]


def placeholders_left(context: WarningContext) -> Iterable[str]:
    """Warn of placeholders, which an ``up`` refuses."""
    if context.placeholders:
        listed = ", ".join(problem.key for problem in context.placeholders)
        yield f"The settings still contain placeholders, which `up` refuses: {listed}."


def creator_is_admin(context: WarningContext) -> Iterable[str]:
    """Warn of the creator's access: pulumi-eks keeps EKS' default, which cannot be changed afterwards."""
    deployer = context.settings.cluster.deployer
    who = f"{deployer} (cluster.deployer)" if deployer else "The role that runs the first `up`"
    ask = "" if deployer else " Set cluster.deployer to that role, so that listing it as admin or viewer is refused."
    yield f"{who} becomes an administrator of the cluster: EKS makes the creator of a cluster its administrator.{ask}"


def private_endpoint(context: WarningContext) -> Iterable[str]:
    """Warn of a private endpoint: the program itself calls the Kubernetes API."""
    if not context.settings.cluster.endpoint.public:
        yield (
            "cluster.endpoint.public is false: to reach the Kubernetes API, `pulumi up` must run on a machine inside "
            "the VPC or with a route into it."
        )


def endpoint_open_to_everybody(context: WarningContext) -> Iterable[str]:
    """Warn of an open endpoint, which is allowed because dev must work unedited."""
    if names.ANYWHERE in context.settings.cluster.endpoint.public_cidrs:
        yield (
            f"cluster.endpoint.publicCidrs contains {names.ANYWHERE}: the Kubernetes API is reachable from every "
            "address, although access requires an access entry. List your own ranges."
        )


def kubernetes_support(context: WarningContext) -> Iterable[str]:
    """Warn of the end of standard support: under the upgrade policy STANDARD, EKS then upgrades the cluster."""
    version = context.settings.cluster.version
    ends = date.fromisoformat(versions.EKS_STANDARD_SUPPORT_ENDS[version])
    days = (ends - context.today).days
    if days < 0:
        yield (
            f"cluster.version {version} left EKS standard support on {ends}: EKS upgrades clusters of that version "
            "automatically, and an `up` cannot downgrade them. Use the version that the cluster has now; for a new "
            "cluster, use a later one."
        )
    elif days <= SUPPORT_ENDS_SOON.days:
        yield (
            f"cluster.version {version} leaves EKS standard support on {ends}, in {days} days: "
            "EKS then upgrades the cluster automatically. Plan the upgrade."
        )


def anonymous_docker_hub(context: WarningContext) -> Iterable[str]:
    """Warn of Docker Hub's limit on anonymous pulls per address: all nodes share the NAT gateway's address."""
    public = [key for key, hub in hubs(context.settings.images) if hub.startswith(DOCKER_HUB)]
    if context.settings.mesh.size != "small" and public:
        yield (
            f"{' and '.join(public)} pull from Docker Hub anonymously: Docker Hub limits pulls per address, and all "
            "nodes share the addresses of the NAT gateways. Use a pull-through cache in your own registry."
        )


def single_nat(context: WarningContext) -> Iterable[str]:
    """Warn of a single NAT gateway in a protected stack."""
    network = context.settings.network
    if context.settings.protect and network.existing is None and network.nat == "single":
        yield (
            "network.nat is single: the loss of that gateway's zone cuts every zone off from the internet. Use "
            "per-zone."
        )


def self_signed(context: WarningContext) -> Iterable[str]:
    """Warn of self-signed certificates, which are for testing."""
    for name, gateway in context.settings.gateways.items():
        if gateway.tls.mode == "self-signed":
            yield (
                f"gateways.{name}.tls.mode is self-signed: no client trusts the certificate. Use acm or secret in "
                "production."
            )


def plain_http(context: WarningContext) -> Iterable[str]:
    """Warn of gateways that serve the internet without TLS."""
    for name, gateway in context.settings.gateways.items():
        if gateway.tls.mode == "none" and gateway.scheme == "internet-facing":
            yield f"gateways.{name}.tls.mode is none: traffic from the internet to the gateway is not encrypted."


def foreign_network(context: WarningContext) -> Iterable[str]:
    """List the requirements on an existing VPC, which this program does not check."""
    existing = context.settings.network.existing
    if existing is not None:
        yield from (f"network.existing: {needed}" for needed in existing_network.requirements(existing))


WARNINGS: tuple[Warning_, ...] = (
    placeholders_left,
    creator_is_admin,
    private_endpoint,
    endpoint_open_to_everybody,
    kubernetes_support,
    anonymous_docker_hub,
    single_nat,
    self_signed,
    plain_http,
    foreign_network,
)
