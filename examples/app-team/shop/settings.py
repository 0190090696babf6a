"""What a stack of this project decides."""

from dataclasses import dataclass

import pulumi

from shop.sources import Parameter, Source, Stack

# Answers GET /details/<number>; the platform's own mirror of it is as good.
# renovate: datasource=docker depName=docker.io/istio/examples-bookinfo-details-v1
IMAGE = "docker.io/istio/examples-bookinfo-details-v1:1.20.3"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """source: of the contract. gateway: of the contract. host: None takes the only one that the namespace may claim.

    callers: who may call the service inside the mesh, as namespace/ServiceAccount.
    """

    source: Source
    namespace: str = "shop"
    gateway: str = "public"
    host: str | None = None
    image: str = IMAGE
    replicas: int = 2
    callers: tuple[str, ...] = ()

    @classmethod
    def load(cls) -> "Settings":
        """Read the settings from the stack's config. Raises pulumi.RunError."""
        config = pulumi.Config("shop")
        return cls(
            source=_source(config.get("platform"), config.get("parameter")),
            namespace=config.get("namespace") or cls.namespace,
            gateway=config.get("gateway") or cls.gateway,
            host=config.get("host"),
            image=config.get("image") or cls.image,
            replicas=config.get_int("replicas") or cls.replicas,
            callers=tuple(config.get_object("callers") or ()),
        )


def _source(stack: str | None, parameter: str | None) -> Source:
    if stack and not parameter:
        return Stack(name=stack)
    if parameter and not stack:
        return Parameter(name=parameter)
    raise pulumi.RunError(
        "Where is the platform's contract? Write one of the two: shop:platform, the stack as "
        "organization/project/stack, or shop:parameter, the SSM parameter as /istio-eks-prod/contract."
    )
