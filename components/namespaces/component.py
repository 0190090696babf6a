"""A namespace of the mesh."""

from dataclasses import dataclass

import pulumi

from ..kubernetes import component as manifests
from ..settings import Namespace
from . import plan as namespaces


@dataclass(frozen=True, kw_only=True)
class MeshNamespaceArgs:
    """Arguments of MeshNamespace."""

    settings: Namespace
    """Entry of ``namespaces`` in the settings."""
    tag: str
    """Revision tag of the mesh, which selects the istiod that injects its pods."""


class MeshNamespace(pulumi.ComponentResource):
    """A namespace with sidecar injection, a default-deny policy, and the exceptions of its settings.

    Uses namespaces.plan, which uses istio.policy, namespaces.egress and namespaces.editors. Has no outputs.
    """

    def __init__(self, name: str, args: MeshNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = args.settings.model_dump(mode="json", by_alias=True)
        super().__init__("istio-eks:namespaces:MeshNamespace", name, {**inputs, "tag": args.tag}, opts)

        labelled = namespaces.mesh_namespace(args.settings.name, args.tag, args.settings.pod_security)
        namespace = manifests.apply(name, labelled, pulumi.ResourceOptions(parent=self))
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        for manifest in namespaces.mesh_objects(args.settings):
            manifests.apply(f"{name}-{manifest['metadata']['name']}", manifest, inside)
        self.register_outputs({})
