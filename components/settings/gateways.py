"""``gateways``: each an NLB, its rules and a deployment of Envoy."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Cidr, Free, Label, Model, text_of_form
from .hosts import HostClaim

GatewayHost = Annotated[
    str,
    text_of_form(
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?/(\*|(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+)",
        "a host with its namespace. Write namespace/host, as in shop/www.example.org or shop/*",
    ),
]
CertificateArn = Annotated[
    str,
    text_of_form(
        r"arn:aws(-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate/[-0-9a-f]+",
        "the ARN of an ACM certificate. Write arn:aws:acm:<region>:<account>:certificate/<id>",
    ),
]

Scheme = Literal["internet-facing", "internal"]

# Targets of one target group (docs.aws.amazon.com/elasticloadbalancing, "Quotas for your Network Load Balancers").
MOST_PODS = 1000


class Tls(Model):
    """Where TLS from the client ends, and with which certificate."""

    mode: Literal["none", "self-signed", "secret", "acm"] = "none"
    """`none`; `self-signed` to try out; `secret` of its namespace; `acm` at the NLB, then anew to the pods."""
    secret_name: Label | None = None
    """Secret of type kubernetes.io/tls, for mode `secret`."""
    certificate_arn: CertificateArn | None = None
    """ACM certificate, for mode `acm`."""


class Replicas(Model):
    """Gateway pods."""

    min: int = Field(ge=1, le=MOST_PODS)
    """Pods at least."""
    max: int = Field(ge=1, le=MOST_PODS)
    """Pods at most."""


class Gateway(Model):
    """One way into the mesh."""

    scheme: Scheme = "internet-facing"
    """Who can route to the NLB."""
    hosts: tuple[GatewayHost, ...] = ()
    """Hosts served, each with the namespace whose VirtualServices may claim it."""
    allowed_cidrs: tuple[Cidr, ...] = ()
    """Who may connect; by default everybody, or the VPC for an internal gateway."""
    cross_zone: bool = False
    """Whether the NLB spreads over zones; the traffic between zones is billed."""
    client_ip: Literal["preserve", "proxy-protocol", "none"] = "preserve"
    """How the gateway learns the client's address."""
    tls: Tls = Tls()
    """TLS from the client."""
    replicas: Replicas | None = None
    """Gateway pods; by default by `mesh.size`."""
    idle_timeout_seconds: int = Field(default=350, ge=60, le=6000)
    """After how long the NLB forgets an idle connection, in seconds."""
    values: Free = {}
    """Helm values of the gateway chart, merged last over ours."""

    @property
    def claims(self) -> tuple[HostClaim, ...]:
        """The hosts, each with its namespace."""
        return tuple(HostClaim.parse(host) for host in self.hosts)
