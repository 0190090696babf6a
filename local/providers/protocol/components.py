"""Remote components: the SDK's own servicer runs ``construct`` and ``call`` of a stand-in."""

from collections.abc import Mapping
from typing import Any, Protocol

import pulumi
from pulumi.provider import CallResult, ConstructResult, Provider
from pulumi.provider.server import ProviderServicer


class Builds(Protocol):
    """Who knows how to build a component."""

    def construct(
        self, name: str, type_: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions
    ) -> ConstructResult:
        """Register the component and its children; return urn and outputs."""

    def call(self, token: str, args: Mapping[str, Any]) -> CallResult:
        """Return the result of a component's method."""


class _Provider(Provider):
    def __init__(self, builder: Builds) -> None:
        super().__init__(version=None)
        self._builder = builder

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        return self._builder.construct(name, resource_type, inputs, options or pulumi.ResourceOptions())

    def call(self, token: str, args: Mapping[str, Any]) -> CallResult:
        return self._builder.call(token, args)


def servicer(builder: Builds, engine: str) -> ProviderServicer:
    """Serve the components of ``builder``; ``engine`` is the address of the engine's own service."""
    return ProviderServicer(_Provider(builder), [], engine)
