"""``gateways``: each with an NLB, its security-group rules and a Deployment of Envoy."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Cidr, Free, Label, Model, text_of_form
from .hosts import HostClaim

GatewayHost = Annotated[
    str,
    text_of_form(
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?/(\*|(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+)",
        "a host with its namespace. Write namespace/host, such as shop/www.example.org or shop/*",
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

# Maximum number of targets in one target group
# (docs.aws.amazon.com/elasticloadbalancing, "Quotas for your Network Load Balancers").
MOST_PODS = 1000


class Tls(Model):
    """Where TLS from the client terminates, and with which certificate."""

    mode: Literal["none", "self-signed", "secret", "acm"] = "none"
    """`none`; `self-signed`, for testing; `secret`, at the gateway; `acm`, at the NLB and re-encrypted to the pods."""
    secret_name: Label | None = None
    """Secret of type kubernetes.io/tls in the gateway's namespace, for mode `secret`."""
    certificate_arn: CertificateArn | None = None
    """ARN of the ACM certificate, for mode `acm`."""


class Replicas(Model):
    """Number of gateway pods."""

    min: int = Field(ge=1, le=MOST_PODS)
    """Minimum number of pods."""
    max: int = Field(ge=1, le=MOST_PODS)
    """Maximum number of pods."""


class Gateway(Model):
    """One gateway of the mesh."""

    scheme: Scheme = "internet-facing"
    """Whether the NLB is reachable from the internet or only from inside the VPC."""
    hosts: tuple[GatewayHost, ...] = ()
    """Hosts that the gateway serves, each with the namespace whose VirtualServices may claim it."""
    allowed_cidrs: tuple[Cidr, ...] = ()
    """Address ranges that may connect; defaults to every address, or to the VPC for an internal gateway."""
    cross_zone: bool = False
    """Whether the NLB balances across zones; AWS bills the traffic between zones."""
    client_ip: Literal["preserve", "proxy-protocol", "none"] = "preserve"
    """How the gateway learns the client's address."""
    tls: Tls = Tls()
    """TLS from the client."""
    replicas: Replicas | None = None
    """Number of gateway pods; defaults to that of `mesh.size`."""
    idle_timeout_seconds: int = Field(default=350, ge=60, le=6000)
    """Idle timeout of TCP connections at the NLB, in seconds."""
    values: Free = {}
    """Helm values of the gateway chart, merged over the defaults of this stack."""

    @property
    def claims(self) -> tuple[HostClaim, ...]:
        """Hosts, each with its namespace."""
        return tuple(HostClaim.parse(host) for host in self.hosts)
