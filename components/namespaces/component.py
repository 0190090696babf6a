"""A namespace in the mesh."""

from dataclasses import dataclass

import pulumi

from ..kubernetes import component as manifests
from ..settings import Mesh, Namespace
from . import plan as namespaces


@dataclass(frozen=True, kw_only=True)
class MeshNamespaceArgs:
    """What MeshNamespace needs."""

    settings: Namespace
    mesh: Mesh


class MeshNamespace(pulumi.ComponentResource):
    """A namespace that is injected, denied by default, and opened as its settings say.

    Asks namespaces.plan, which asks istio.policy, namespaces.egress and namespaces.editors.
    namespace: its name; whoever takes it waits for the namespace, and with ``depends_on`` for the policies too.
    """

    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: MeshNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = args.settings.model_dump(mode="json", by_alias=True)
        super().__init__("istio-eks:mesh:MeshNamespace", name, {**inputs, "tag": args.mesh.tag}, opts)

        labelled = namespaces.mesh_namespace(args.settings.name, args.mesh.tag, args.settings.pod_security)
        namespace = manifests.apply(name, labelled, pulumi.ResourceOptions(parent=self))
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        for manifest in namespaces.mesh_objects(args.settings):
            manifests.apply(f"{name}-{manifest['metadata']['name']}", manifest, inside)

        self.namespace = pulumi.Output.from_input(args.settings.name)
        self.register_outputs({"namespace": self.namespace})
