"""The mesh: Istio with a certificate authority of its own, and the policy that holds for all of it."""

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
    """What Mesh needs; nodes, add-ons and the Kubernetes provider come with the options (``Cluster.inside``)."""

    settings: MeshSettings
    """``mesh`` of the settings."""
    images: Images = field(default_factory=Images)
    """Where images come from."""
    site: Site
    """``site.protect`` has the keys that sign refuse their deletion."""
    previous_certificates: pulumi.Input[dict[str, Any] | None] = None
    """``certificates`` as the last ``up`` left it: a step of a rotation that comes too early is refused."""
    previous_version: pulumi.Input[str | None] = None
    """Istio version that the tag named after the last ``up``: an istiod that still has proxies is not removed."""
    clock: Callable[[], datetime.datetime] = clock.now
    """This moment, in UTC."""
    issuer: Issuer = field(default_factory=TlsIssuer)
    """Who makes keys and certificates."""


class Mesh(pulumi.ComponentResource):
    """Istio's control plane, ready for gateways and workloads.

    Order: namespaces; the Secret ``cacerts``, without which istiod makes a root of its own; CRDs, istio-cni, istiod and
    the revision tag; the mesh's policy.
    """

    istio_system: pulumi.Output[str]
    """Name of istiod's namespace, known once it exists."""
    root_fingerprints: pulumi.Output[list[str]]
    """SHA-256 of every trusted root, by ascending number."""
    certificates: dict[str, Any]
    """Phase, numbers, dates and moments of the certificate authority; no key. Only the moments wait."""

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
