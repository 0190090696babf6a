"""The sample application."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pulumi

from ..kubernetes import component as manifests
from ..namespaces.component import MeshNamespace, MeshNamespaceArgs
from ..settings import Bookinfo as BookinfoSettings
from ..settings import Gateway, Images, Mesh
from . import plan as bookinfo
from . import routing


@dataclass(frozen=True, kw_only=True)
class BookinfoArgs:
    """Arguments of Bookinfo."""

    settings: BookinfoSettings
    """``bookinfo`` of the settings."""
    mesh: Mesh
    """``mesh`` of the settings: tag and trust domain."""
    images: Images = field(default_factory=Images)
    """Registries of the images."""
    gateway: Gateway
    """Settings of the gateway that ``settings.gateway`` names."""
    gateway_dns_name: pulumi.Input[str]
    """DNS name of that gateway's NLB."""


class Bookinfo(pulumi.ComponentResource):
    """Six Deployments behind four Services, routed by version and open only to their callers.

    Uses bookinfo.plan and bookinfo.routing; its namespace is a MeshNamespace like that of a team.
    """

    url: pulumi.Output[str]
    """URL of the product page."""

    def __init__(self, name: str, args: BookinfoArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = args.settings.model_dump(mode="json", by_alias=True)
        super().__init__("istio-eks:bookinfo:Bookinfo", name, inputs, opts)

        own = MeshNamespace(
            name,
            MeshNamespaceArgs(settings=bookinfo.NAMESPACE, tag=args.mesh.tag),
            pulumi.ResourceOptions(parent=self),
        )
        # Before the first pod: a service must never be open to anything but its callers.
        allowed = self._apply(name, bookinfo.authorization(args.mesh.trust_domain, args.settings.gateway), [own])
        accounts = self._apply(name, bookinfo.service_accounts(), [own])
        running = self._apply(name, bookinfo.deployments(args.images), [*allowed, *accounts])
        # In parallel with the Deployments: the provider waits until a Service has pods.
        found = self._apply(name, bookinfo.services(), [own])
        # A route to a subset that no rule defines yet, or that has no pod yet, answers 503.
        subsets = self._apply(name, routing.destination_rules(), [own])
        self._apply(name, routing.virtual_services(args.settings, args.gateway), [*subsets, *found, *running])

        self.url = pulumi.Output.from_input(args.gateway_dns_name).apply(lambda known: routing.url(args.gateway, known))
        self.register_outputs({"url": self.url})

    def _apply(
        self, name: str, objects: Iterable[dict[str, Any]], after: Iterable[pulumi.Resource]
    ) -> list[pulumi.CustomResource]:
        options = pulumi.ResourceOptions(parent=self, depends_on=list(after))
        return [manifests.apply(f"{name}-{_short(name, manifest)}", manifest, options) for manifest in objects]


def _short(name: str, manifest: dict[str, Any]) -> str:
    """Return the object's name without the application's, which ServiceAccounts already contain."""
    return str(manifest["metadata"]["name"]).removeprefix(f"{name}-")
