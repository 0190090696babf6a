"""The namespaces of the control plane."""

import pulumi

from ..kubernetes import component as manifests
from ..settings import names
from .system_namespaces import system_namespaces


class SystemNamespaces(pulumi.ComponentResource):
    """The namespaces istio-system and istio-cni, as in ``istio.system_namespaces``."""

    istio_system: pulumi.Output[str]
    """Name of istio-system, known once it exists."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:istio:SystemNamespaces", name, {}, opts)

        created = {
            manifest["metadata"]["name"]: manifests.apply(
                f"{name}-{manifest['metadata']['name']}", manifest, pulumi.ResourceOptions(parent=self)
            )
            for manifest in system_namespaces()
        }

        # Derived from the URN, which is known during preview, so that consumers depend on the namespace.
        self.istio_system = created[names.ISTIO_SYSTEM].urn.apply(lambda _: names.ISTIO_SYSTEM)
        self.register_outputs({})
