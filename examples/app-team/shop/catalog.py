"""The service as Pulumi resources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from shop import traffic, workload
from shop.contract import Contract
from shop.settings import Settings


@dataclass(frozen=True, kw_only=True)
class CatalogArgs:
    """contract: the platform's."""

    contract: pulumi.Output[Contract]
    settings: Settings


class Catalog(pulumi.ComponentResource):
    """One service: open to exactly its callers from its first pod on, published last.

    Asks shop.workload and shop.traffic. url: of the first product. principal: identity of its pods.
    """

    url: pulumi.Output[str]
    principal: pulumi.Output[str]

    def __init__(self, name: str, args: CatalogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        settings = args.settings
        super().__init__("shop:catalog:Catalog", name, {"namespace": settings.namespace}, opts)
        self._name = name
        self._namespace = settings.namespace

        def decided(decide: Callable[[Contract, Settings], Any]) -> pulumi.Output[Any]:
            return args.contract.apply(lambda found: decide(found, settings))

        allowed = self._istio("AuthorizationPolicy", "security.istio.io/v1", decided(traffic.authorization))
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-account", metadata=self._named(), automount_service_account_token=False, opts=self._after()
        )
        pods = kubernetes.apps.v1.Deployment(
            f"{name}-{workload.VERSION}",
            metadata=self._named(f"{workload.NAME}-{workload.VERSION}", workload.LABELS),
            spec=decided(workload.deployment),
            opts=self._after(allowed, account),
        )
        # Beside the Deployment: the provider waits with a Service until it has pods.
        found = kubernetes.core.v1.Service(
            name, metadata=self._named(labels=workload.APP), spec=workload.service(), opts=self._after()
        )
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-budget", metadata=self._named(), spec=workload.disruption_budget(), opts=self._after()
        )
        limits = self._istio("DestinationRule", "networking.istio.io/v1", traffic.destination_rule(settings))
        # A route to a subset that no rule defines yet, or that has no pod yet, answers 503.
        self._istio("VirtualService", "networking.istio.io/v1", decided(traffic.route), [limits, found, pods])

        self.url = decided(traffic.url)
        self.principal = decided(traffic.principal)
        self.register_outputs({"url": self.url, "principal": self.principal})

    def _istio(
        self, kind: str, api_version: str, spec: pulumi.Input[Any], after: Sequence[pulumi.Resource] = ()
    ) -> kubernetes.apiextensions.CustomResource:
        return kubernetes.apiextensions.CustomResource(
            f"{self._name}-{kind}",
            api_version=api_version,
            kind=kind,
            metadata=self._named(),
            spec=spec,
            opts=self._after(*after),
        )

    def _named(
        self, name: str = workload.NAME, labels: Mapping[str, str] | None = None
    ) -> kubernetes.meta.v1.ObjectMetaArgs:
        return kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=self._namespace, labels=labels)

    def _after(self, *resources: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(resources))
