"""The mesh: Istio with its own certificate authority, and the mesh-wide policy."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi

from .. import trust
from ..settings import Images, clock
from ..settings import Mesh as MeshSettings
from ..settings.context import Site
from ..trust.component import CertificateAuthority, CertificateAuthorityArgs
from ..trust.component_issuer import Issuer
from ..trust.component_tls_issuer import TlsIssuer
from .component_istio import Istio, IstioArgs
from .component_namespaces import SystemNamespaces
from .component_policy import MeshPolicy, MeshPolicyArgs


@dataclass(frozen=True, kw_only=True)
class MeshArgs:
    """Arguments of Mesh; nodes, add-ons and the Kubernetes provider come with the options (``Cluster.inside``)."""

    settings: MeshSettings
    """``mesh`` of the settings."""
    images: Images = field(default_factory=Images)
    """Registries of the images."""
    site: Site
    """``site.protect`` protects the signing keys from deletion."""
    previous_certificates: pulumi.Input[dict[str, Any] | None] = None
    """Output ``certificates`` of the last ``up``, against which steps of a rotation are checked."""
    previous_version: pulumi.Input[str | None] = None
    """Output ``istioVersion`` of the last ``up``, against which an upgrade is checked."""
    clock: Callable[[], datetime.datetime] = clock.now
    """Returns the current time, in UTC."""
    issuer: Issuer = field(default_factory=TlsIssuer)
    """Creates keys and certificates."""


class Mesh(pulumi.ComponentResource):
    """Istio's control plane, ready for gateways and workloads.

    Order: namespaces; the Secret ``cacerts``, without which istiod creates its own root; CRDs, istio-cni, istiod and
    the revision tag; the mesh-wide policy.
    """

    istio_system: pulumi.Output[str]
    """Name of istiod's namespace, known once it exists."""
    root_fingerprints: pulumi.Output[list[str]]
    """SHA-256 of every trusted root, by ascending number."""
    certificates: dict[str, Any]
    """Phase, numbers, dates and times of the certificate authority, without keys. Only the times are outputs."""

    def __init__(self, name: str, args: MeshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        mesh = args.settings
        inputs = mesh.model_dump(mode="json", by_alias=True)
        super().__init__("istio-eks:istio:Mesh", name, {**inputs, "protect": args.site.protect}, opts)

        namespaces = SystemNamespaces(f"{name}-namespaces", pulumi.ResourceOptions(parent=self))
        authority = CertificateAuthority(
            f"{name}-certificate-authority",
            CertificateAuthorityArgs(
                plan=trust.plan(mesh.certificates, mesh.trust_domain),
                previous=args.previous_certificates,
                clock=args.clock,
                namespace=namespaces.istio_system,
                protect=args.site.protect,
                issuer=args.issuer,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[namespaces]),
        )
        istio = Istio(
            f"{name}-istio",
            IstioArgs(mesh=mesh, images=args.images, previous=args.previous_version),
            pulumi.ResourceOptions(parent=self, depends_on=[namespaces, authority]),
        )
        MeshPolicy(f"{name}-policy", MeshPolicyArgs(mesh=mesh), pulumi.ResourceOptions(parent=self, depends_on=[istio]))

        self.istio_system = namespaces.istio_system
        self.root_fingerprints = authority.root_fingerprints
        self.certificates = authority.certificates
        self.register_outputs({"rootFingerprints": self.root_fingerprints, "certificates": self.certificates})
