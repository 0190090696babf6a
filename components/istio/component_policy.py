"""The mesh-wide policy."""

from dataclasses import dataclass

import pulumi

from ..kubernetes import component as manifests
from ..settings import Mesh
from . import policy


@dataclass(frozen=True, kw_only=True)
class MeshPolicyArgs:
    """Arguments of MeshPolicy."""

    mesh: Mesh
    """``mesh`` of the settings."""


class MeshPolicy(pulumi.ComponentResource):
    """Strict mutual TLS, the default Sidecar of every proxy and the access logs, in the root namespace.

    Uses istio.policy. The outbound policy and the format of the logs are in meshConfig (istio.mesh_config). Has no
    outputs: the other namespaces depend on the component.
    """

    def __init__(self, name: str, args: MeshPolicyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:istio:MeshPolicy", name, {"accessLogs": args.mesh.access_logs}, opts)
        child = pulumi.ResourceOptions(parent=self)

        for manifest in policy.mesh(args.mesh.access_logs):
            manifests.apply(f"{name}-{manifest['metadata']['name']}", manifest, child)
        self.register_outputs({})
