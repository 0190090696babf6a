"""``mesh``: Istio's control plane, its size and its certificate authority."""

from typing import Annotated, Literal

from pydantic import Field

from . import versions
from .base import DNS_LABEL, Date, Free, IstioVersion, Label, Model, Moment, text_of_form

Size = Literal["small", "medium", "large", "xlarge"]

TrustDomain = Annotated[
    str,
    text_of_form(
        rf"(?=.{{1,253}}$){DNS_LABEL}(\.{DNS_LABEL})*",
        "a trust domain. Write a DNS name: lower-case letters, digits, hyphens, parts of 63 at most, 253 in all",
    ),
]


class Generation(Model):
    """One key and certificate of the certificate authority."""

    number: int = Field(ge=1)
    """Number of the generation; never reused."""
    issued: Date
    """Day the certificate is made, quoted; its end follows from it."""


class Generations(Model):
    """Exactly the listed generations exist; one of them signs."""

    generations: tuple[Generation, ...] = Field(min_length=1)
    """Every generation that exists, each with its number and date."""
    signing: int
    """Number of the generation that signs."""


class Certificates(Model):
    """The mesh's own certificate authority: a root, and below it the intermediate that istiod signs with."""

    root: Generations
    """Roots; every listed one is trusted."""
    intermediate: Generations
    """Intermediates; one is in `cacerts`."""
    workloads_restarted: Moment | None = None
    """Since when every workload has been restarted: once that is after the root began to sign, an old one may go."""


class ChartValues(Model):
    """Helm values merged last over ours."""

    base: Free = {}
    """Values of the `base` chart."""
    cni: Free = {}
    """Values of the `cni` chart."""
    istiod: Free = {}
    """Values of the `istiod` chart, every revision."""


class Mesh(Model):
    """Istio."""

    version: IstioVersion = versions.ISTIO
    """Istio version that the tag names, quoted."""
    canary_version: IstioVersion | None = None
    """A second istiod beside it, quoted; swap it with `version` to move the mesh."""
    tag: Label = "stable"
    """Revision tag that mesh namespaces carry."""
    size: Size = "small"
    """Requests, replicas and scaling of istiod and gateways."""
    trust_domain: TrustDomain = "cluster.local"
    """Trust domain of every workload identity."""
    outbound: Literal["allow-any", "registry-only"] = "allow-any"
    """Whether workloads may call hosts that the mesh does not know."""
    access_logs: Literal["all", "errors", "none"] = "all"
    """Which requests the proxies log, as JSON."""
    values: ChartValues = ChartValues()
    """Helm values, merged last over ours."""
    certificates: Certificates
    """The certificate authority."""
