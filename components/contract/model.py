"""The outputs that app teams rely on: one model per released version of the contract.

``docs/contract/v<N>.json`` is the schema of ``Contract`` at release; removing or retyping a key requires a new
``VERSION``. No output is secret: access to decrypt this stack's state includes the keys of the certificate authority.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

VERSION = 1


class _Output(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, use_attribute_docstrings=True)


class Toleration(_Output):
    """A toleration in the notation of pods."""

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
    """Tolerations that those nodes require."""


class Gateway(_Output):
    """One gateway of the mesh."""

    gateway: str
    """Istio Gateway to bind a VirtualService to, namespace/name."""
    principal: str
    """Identity to allow in an AuthorizationPolicy."""
    hosts: list[str]
    """Hosts that it serves, as namespace/host: the namespace may claim the host."""
    ports: list[int]
    """Ports that the load balancer listens on."""
    dns_name: str
    """DNS name of the load balancer."""
    hosted_zone_id: str
    """Route 53 zone id of that name, for an alias record."""


class Namespace(_Output):
    """A namespace of an app team."""

    pod_security: str
    """Pod Security level that is enforced."""
    principal_prefix: str
    """Prefix of the identities in it; the name of the ServiceAccount follows."""
    hosts: list[str]
    """Hosts that its VirtualServices may claim, as gateway/host."""
    calls: list[str]
    """What its workloads may call outside their own namespace."""
    editors_group: str | None = None
    """Kubernetes group of its editors."""


class GenerationDates(_Output):
    """One generation of the certificate authority."""

    number: int
    """Number of the generation."""
    issued: str
    """Day in the settings; the first `up` on or after it creates the certificate."""
    ends: str
    """Earliest day on which it may expire."""


class CertificateSet(_Output):
    """Roots or intermediates."""

    signing: int
    """Number of the generation that signs."""
    generations: list[GenerationDates]
    """Every generation that exists."""


class Since(_Output):
    """Timestamps, such as 2026-11-22T12:00:00Z."""

    trusted: str
    """Time since which exactly these roots have been trusted."""
    signing: str
    """Time since which the current signing root has been the only one to sign."""


class Certificates(_Output):
    """State of the certificate authority; contains no key."""

    phase: str
    """Phase of a root rotation: stable, trust-both or sign-new."""
    root: CertificateSet
    """The roots; every root is trusted."""
    intermediate: CertificateSet
    """The intermediates; istiod signs with one."""
    since: Since
    """Times of the last changes to the roots; the waits of a rotation start from them."""


class Contract(_Output):
    """Outputs of the stack."""

    contract_version: Literal[1]
    """Version of this list."""
    region: str
    """AWS region."""
    vpc_id: str
    """Id of the VPC, whether created by this stack or existing."""
    private_subnet_ids: list[str]
    """Subnets of nodes and pods, one per zone."""
    public_subnet_ids: list[str]
    """Subnets of internet-facing load balancers, one per zone."""
    cluster_name: str
    """Name of the EKS cluster."""
    cluster_arn: str
    """ARN of the EKS cluster."""
    oidc_provider_arn: str
    """ARN of the OIDC provider for IAM roles for service accounts; EKS Pod Identity does not need it."""
    kubeconfig: str
    """Kubeconfig that authenticates through the AWS CLI; contains no credential."""
    revision_tag: str
    """Value of the label istio.io/rev on the namespaces of the mesh."""
    istio_version: str
    """Istio version that the revision tag names."""
    trust_domain: str
    """Trust domain of every identity in the mesh."""
    discovery_label: dict[str, str]
    """Label that a namespace needs for istiod to see it."""
    app_nodes: AppNodes
    """Nodes for app teams' pods."""
    gateways: dict[str, Gateway]
    """Gateways of the mesh, by name."""
    namespaces: dict[str, Namespace]
    """Namespaces of app teams, by name."""
    root_certificate_fingerprints: list[str]
    """SHA-256 of every trusted root, by ascending generation."""
    certificates: Certificates
    """The certificate authority; contains no key."""
    bookinfo_url: str | None = Field(default=None)
    """URL of the sample application's product page, if it is installed."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the current version."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Contract.model_json_schema()}


def keys() -> list[str]:
    """Return the names of the outputs, in the order in which they are exported."""
    return [to_camel(name) for name in Contract.model_fields]
