"""What is allowed and should be known before an ``up``, as far as the settings alone tell it.

The end of a certificate is not among it: whether it was ever made is for the state to say (``trust.warnings``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..network import existing as existing_network
from ..settings import Settings, names, versions
from ..settings.images import hubs
from ..settings.problems import Problem

# docs.aws.amazon.com/eks: an upgrade of the control plane and of every node takes preparation.
SUPPORT_ENDS_SOON = timedelta(days=90)
DOCKER_HUB = "docker.io/"


@dataclass(frozen=True, kw_only=True)
class WarningContext:
    """What a warning may look at."""

    settings: Settings
    today: date
    placeholders: Sequence[Problem]


Warning_ = Callable[[WarningContext], Iterable[str]]


def warnings(settings: Settings, today: date, *, placeholders: Sequence[Problem] = ()) -> list[str]:
    """One or two sentences for each; settings that broke a rule have none to offer.

    placeholders: those that are left (``stack.placeholders``).
    """
    context = WarningContext(settings=settings, today=today, placeholders=placeholders)
    return [text for warning in WARNINGS for text in warning(context)]


def placeholders_left(context: WarningContext) -> Iterable[str]:
    """Before an ``up`` they have to go."""
    if context.placeholders:
        listed = ", ".join(problem.key for problem in context.placeholders)
        yield f"Placeholders are left, and `up` refuses them: {listed}."


def creator_is_admin(context: WarningContext) -> Iterable[str]:
    """pulumi-eks leaves EKS' default on, and it cannot be changed afterwards."""
    deployer = context.settings.cluster.deployer
    who = f"{deployer} (cluster.deployer)" if deployer else "Whoever runs the first `up`"
    ask = "" if deployer else " Name the role in cluster.deployer, so that nobody lists it a second time."
    yield f"{who} becomes an administrator of the cluster: EKS makes its creator one.{ask}"


def private_endpoint(context: WarningContext) -> Iterable[str]:
    """The program talks to the Kubernetes API itself."""
    if not context.settings.cluster.endpoint.public:
        yield (
            "cluster.endpoint.public is false: `pulumi up` needs a machine inside the VPC, or a route into it, for "
            "everything in Kubernetes."
        )


def endpoint_open_to_everybody(context: WarningContext) -> Iterable[str]:
    """Allowed, as dev must work unedited."""
    if names.ANYWHERE in context.settings.cluster.endpoint.public_cidrs:
        yield (
            f"cluster.endpoint.publicCidrs has {names.ANYWHERE}: everybody reaches the Kubernetes API, though "
            "nobody enters without an access entry. List your own ranges."
        )


def kubernetes_support(context: WarningContext) -> Iterable[str]:
    """Under the upgrade policy STANDARD, EKS upgrades what is left behind."""
    version = context.settings.cluster.version
    ends = date.fromisoformat(versions.EKS_STANDARD_SUPPORT_ENDS[version])
    days = (ends - context.today).days
    if days < 0:
        yield (
            f"cluster.version {version} left EKS standard support on {ends}: EKS upgrades a cluster of that version by "
            "itself, and an `up` cannot take it back. Write the version that the cluster has; for a new cluster, a "
            "later one."
        )
    elif days <= SUPPORT_ENDS_SOON.days:
        yield (
            f"cluster.version {version} leaves EKS standard support on {ends}, in {days} days: "
            "EKS then upgrades it by itself. Plan the upgrade."
        )


def anonymous_docker_hub(context: WarningContext) -> Iterable[str]:
    """Docker Hub counts anonymous pulls by address, and nodes share the NAT gateway's."""
    public = [key for key, hub in hubs(context.settings.images) if hub.startswith(DOCKER_HUB)]
    if context.settings.mesh.size != "small" and public:
        yield (
            f"{' and '.join(public)} pull from Docker Hub anonymously: it limits pulls by address, and all nodes share "
            "those of NAT. Write a pull-through cache of your own registry."
        )


def single_nat(context: WarningContext) -> Iterable[str]:
    """A protected stack is one that must stay up."""
    network = context.settings.network
    if context.settings.protect and network.existing is None and network.nat == "single":
        yield "network.nat is single: the loss of its zone takes the internet from every zone. Write per-zone."


def self_signed(context: WarningContext) -> Iterable[str]:
    """For trying out."""
    for name, gateway in context.settings.gateways.items():
        if gateway.tls.mode == "self-signed":
            yield f"gateways.{name}.tls.mode is self-signed: no client trusts it. Write acm or secret for real use."


def plain_http(context: WarningContext) -> Iterable[str]:
    """Nothing between client and gateway is encrypted."""
    for name, gateway in context.settings.gateways.items():
        if gateway.tls.mode == "none" and gateway.scheme == "internet-facing":
            yield f"gateways.{name}.tls.mode is none: clients on the internet are served without encryption."


def foreign_network(context: WarningContext) -> Iterable[str]:
    """Nobody checks a VPC that is not ours."""
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
