"""The outputs that app teams rely on: one model per released version of the contract.

``docs/contract/v<N>.json`` is the schema of ``Contract`` at release; removing or retyping a key is a new ``VERSION``.
No output is secret: whoever may decrypt this stack's state also holds the keys of the certificate authority.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

VERSION = 1


class _Output(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, use_attribute_docstrings=True)


class Toleration(_Output):
    """A toleration as pods write it."""

    key: str
    """Key of the taint."""
    operator: str
    """Equal or Exists."""
    effect: str
    """Effect of the taint."""
    value: str | None = None
    """Value of the taint, for Equal."""


class AppNodes(_Output):
    """Where app teams' pods run."""

    labels: dict[str, str]
    """Node selector."""
    tolerations: list[Toleration]
    """Tolerations that those nodes ask for."""


class Gateway(_Output):
    """One way into the mesh."""

    gateway: str
    """Istio Gateway to bind a VirtualService to, namespace/name."""
    principal: str
    """Identity to allow in an AuthorizationPolicy."""
    hosts: list[str]
    """Hosts served, as namespace/host: the namespace may claim the host."""
    ports: list[int]
    """Ports the load balancer listens on."""
    dns_name: str
    """DNS name of the load balancer."""
    hosted_zone_id: str
    """Route 53 zone of that name, for an alias record."""


class Namespace(_Output):
    """A namespace of an app team."""

    pod_security: str
    """Pod Security level that is enforced."""
    principal_prefix: str
    """Identities in it start with this; the ServiceAccount's name follows."""
    hosts: list[str]
    """Hosts its VirtualServices may claim, as gateway/host."""
    calls: list[str]
    """What its workloads may call beyond their own namespace."""
    editors_group: str | None = None
    """Kubernetes group of its editors."""


class GenerationDates(_Output):
    """One generation of the certificate authority."""

    number: int
    """Number of the generation."""
    issued: str
    """Day the settings name; the first `up` from then on makes it."""
    ends: str
    """Valid for certain before this day."""


class CertificateSet(_Output):
    """Roots or intermediates."""

    signing: int
    """Number of the generation that signs."""
    generations: list[GenerationDates]
    """Every generation that exists."""


class Since(_Output):
    """Moments, as 2026-11-22T12:00:00Z."""

    trusted: str
    """Exactly these roots are trusted."""
    signing: str
    """The root that signs does, and no other has."""


class Certificates(_Output):
    """State of the certificate authority; holds no key."""

    phase: str
    """Derived phase: stable, trust-both or sign-new."""
    root: CertificateSet
    """The roots; every one is trusted."""
    intermediate: CertificateSet
    """The intermediates; istiod signs with one."""
    since: Since
    """Since when the roots are as they are; the next step of a rotation waits from then."""


class Contract(_Output):
    """Outputs of the stack."""

    contract_version: Literal[1]
    """Version of this list."""
    region: str
    """AWS region."""
    vpc_id: str
    """The VPC, ours or the existing one."""
    private_subnet_ids: list[str]
    """Subnets of nodes and pods, one a zone."""
    public_subnet_ids: list[str]
    """Subnets of internet-facing load balancers, one a zone."""
    cluster_name: str
    """Name of the EKS cluster."""
    cluster_arn: str
    """ARN of the EKS cluster."""
    oidc_provider_arn: str
    """For IAM roles of service accounts; Pod Identity needs none."""
    kubeconfig: str
    """Signs in through the AWS CLI; carries no credential."""
    revision_tag: str
    """Value of the label istio.io/rev of a mesh namespace."""
    istio_version: str
    """Istio version that the tag names."""
    trust_domain: str
    """Trust domain of every identity in the mesh."""
    discovery_label: dict[str, str]
    """Label without which istiod does not see a namespace."""
    app_nodes: AppNodes
    """Nodes for app teams' pods."""
    gateways: dict[str, Gateway]
    """Ways into the mesh, by name."""
    namespaces: dict[str, Namespace]
    """Namespaces of app teams, by name."""
    root_certificate_fingerprints: list[str]
    """SHA-256 of every trusted root, by ascending generation."""
    certificates: Certificates
    """The certificate authority; holds no key."""
    bookinfo_url: str | None = Field(default=None)
    """Product page of the sample application, when it is installed."""


def schema() -> dict[str, Any]:
    """JSON Schema of the current version."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Contract.model_json_schema()}


def keys() -> list[str]:
    """Names of the outputs, in the order they are exported."""
    return [to_camel(name) for name in Contract.model_fields]
