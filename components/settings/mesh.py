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
        "a trust domain. Write a DNS name of lower-case letters, digits and hyphens, at most 63 in a label, 253 in all",
    ),
]


class Generation(Model):
    """One key and certificate of the certificate authority."""

    number: int = Field(ge=1)
    """Number of the generation; never reused."""
    issued: Date
    """Day on which the certificate is issued, in quotes; its expiry is computed from it."""


class Generations(Model):
    """Generations of a root or an intermediate: exactly the listed ones exist, and one of them signs."""

    generations: tuple[Generation, ...] = Field(min_length=1)
    """Every generation that exists, each with its number and date."""
    signing: int
    """Number of the generation that signs."""


class Certificates(Model):
    """The mesh's own certificate authority: a root, and below it the intermediate that istiod signs with."""

    root: Generations
    """Roots; every listed root is trusted."""
    intermediate: Generations
    """Intermediates; the one that signs is in `cacerts`."""
    workloads_restarted: Moment | None = None
    """Time since which every workload has been restarted; if the new root signed by then, the old may be dropped."""


class ChartValues(Model):
    """Helm values, merged over the defaults of this stack."""

    base: Free = {}
    """Values of the `base` chart."""
    cni: Free = {}
    """Values of the `cni` chart."""
    istiod: Free = {}
    """Values of the `istiod` chart, for every revision."""


class Mesh(Model):
    """Istio."""

    version: IstioVersion = versions.ISTIO
    """Istio version that the revision tag names, in quotes."""
    canary_version: IstioVersion | None = None
    """Version of a second istiod for an upgrade, in quotes; swap it with `version` to move the mesh to it."""
    tag: Label = "stable"
    """Revision tag on the namespaces of the mesh."""
    size: Size = "small"
    """Requests, replicas and scaling of istiod and gateways."""
    trust_domain: TrustDomain = "cluster.local"
    """Trust domain of every workload identity."""
    outbound: Literal["allow-any", "registry-only"] = "allow-any"
    """Whether workloads may call hosts outside the mesh's service registry."""
    access_logs: Literal["all", "errors", "none"] = "all"
    """Requests that the proxies log, as JSON."""
    values: ChartValues = ChartValues()
    """Helm values, merged over the defaults of this stack."""
    certificates: Certificates
    """The certificate authority."""
