"""``namespaces``, ``bookinfo`` and ``images``: workloads of the mesh, and the registries of their images."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Label, Model, PrincipalArn, text_of_form

Call = Annotated[
    str,
    text_of_form(
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?/(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)|[a-z0-9*]([-.a-z0-9]*[a-z0-9])?:\d{1,5}",
        "a call. "
        "Write namespace/service or namespace/* inside the mesh, host:port outside, such as api.example.org:443",
    ),
]


class Namespace(Model):
    """A namespace of an app team: part of the mesh, with a default-deny policy."""

    name: Label
    """Name of the namespace."""
    pod_security: Literal["restricted", "baseline"] = "restricted"
    """Pod Security level to enforce."""
    editors: tuple[PrincipalArn, ...] = ()
    """Roles that may edit workloads, Services, routes and authorization in it."""
    kubernetes_api: bool = False
    """Whether its workloads may call the Kubernetes API."""
    load_balancers: int = Field(default=0, ge=0, le=50)
    """Maximum number of Services of type LoadBalancer in it; their load balancers are not managed by this stack."""
    calls: tuple[Call, ...] = ()
    """What its workloads call outside their own namespace: namespace/service in the mesh, host:port outside it."""


class Weights(Model):
    """Share of requests for each version of reviews, in percent."""

    v1: int = Field(default=90, ge=0, le=100)
    """Percentage for v1."""
    v2: int = Field(default=0, ge=0, le=100)
    """Percentage for v2."""
    v3: int = Field(default=10, ge=0, le=100)
    """Percentage for v3."""


class Bookinfo(Model):
    """The sample application."""

    enabled: bool = True
    """Whether to install it."""
    gateway: Label = "public"
    """Gateway that serves it."""
    routing: Literal["all-v1", "test-user", "canary"] = "all-v1"
    """`all-v1`: every request to v1; `test-user`: the user `jason` to reviews v2; `canary`: by `weights`."""
    weights: Weights = Weights()
    """Share of each version of reviews, for routing `canary`."""


class Images(Model):
    """Registries, with their path, that images are pulled from."""

    istio: str = "docker.io/istio"
    """Hub of Istio's images; a pull-through cache avoids the rate limits of Docker Hub."""
    bookinfo: str = "docker.io/istio"
    """Hub of Bookinfo's images."""
