"""``namespaces``, ``bookinfo`` and ``images``: what runs in the mesh, and where images come from."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Label, Model, PrincipalArn, text_of_form

Call = Annotated[
    str,
    text_of_form(
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?/(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)|[a-z0-9*]([-.a-z0-9]*[a-z0-9])?:\d{1,5}",
        "a call. Write namespace/service or namespace/* inside the mesh, host:port outside, as in api.example.org:443",
    ),
]


class Namespace(Model):
    """A namespace of an app team: in the mesh, denied by default."""

    name: Label
    """Name of the namespace."""
    pod_security: Literal["restricted", "baseline"] = "restricted"
    """Pod Security level that is enforced."""
    editors: tuple[PrincipalArn, ...] = ()
    """Roles that may edit apps, Services, routes and authorization in it."""
    kubernetes_api: bool = False
    """Whether its workloads may call the Kubernetes API."""
    load_balancers: int = Field(default=0, ge=0, le=50)
    """How many Services of type LoadBalancer may stand in it, beside the gateways and unknown to the stack."""
    calls: tuple[Call, ...] = ()
    """What its workloads call beyond their own namespace: namespace/service in the mesh, host:port outside."""


class Weights(Model):
    """Share of requests per version of reviews, in percent."""

    v1: int = Field(default=90, ge=0, le=100)
    """Percent to v1."""
    v2: int = Field(default=0, ge=0, le=100)
    """Percent to v2."""
    v3: int = Field(default=10, ge=0, le=100)
    """Percent to v3."""


class Bookinfo(Model):
    """The sample application."""

    enabled: bool = True
    """Whether it is installed."""
    gateway: Label = "public"
    """Gateway that serves it."""
    routing: Literal["all-v1", "test-user", "canary"] = "all-v1"
    """Everybody to v1; the user `jason` to reviews v2; or by `weights`."""
    weights: Weights = Weights()
    """Share of each version of reviews, for routing `canary`."""


class Images(Model):
    """Registries and paths that images are pulled from."""

    istio: str = "docker.io/istio"
    """Hub of Istio's images; a pull-through cache spares Docker Hub's limits."""
    bookinfo: str = "docker.io/istio"
    """Hub of Bookinfo's images."""
