"""What a stand-in provider is, in plain Python: ``servicer`` speaks the engine's protocol in front of it.

Values come without envelopes, whole numbers as ints, nulls left out, ``wire.UNKNOWN`` for what a preview does not know.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi
from pulumi.provider import CallResult, ConstructResult

from local.providers.protocol.failures import Faults, RefusedError
from local.providers.protocol.naming import AutoName
from ops.diff.tables.replacement import Rule

Inputs = dict[str, Any]
Outputs = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An input that is refused before anything is done: ``property`` is its path."""

    property: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the engine is asking for right now. config: inputs of the provider resource it asks through."""

    urn: str
    type: str
    name: str
    preview: bool
    config: Inputs


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that was really done: ``create``, ``update`` or ``delete``; a preview does nothing."""

    operation: str
    type: str
    name: str
    urn: str
    id: str


class StandIn:
    """A provider for one package, for any number of engine runs one after the other.

    package: as in type tokens. rules: what replaces, by type.
    naming: types whose name is made from the logical name when the program sets none.
    secret_outputs: by type, outputs that are secret whatever the inputs are.
    deeds: what was done, oldest first; give several stand-ins one list to see their common order.
    faults: operations that are to fail, see ``Faults.once``.

    Methods run in several threads at once. They raise ``failures.RefusedError`` with the text a user is to see, and
    ``failures.UnreadyError`` for what was made but does not work.
    """

    package: ClassVar[str]
    rules: ClassVar[Mapping[str, Rule]] = {}
    naming: ClassVar[Mapping[str, AutoName]] = {}
    secret_outputs: ClassVar[Mapping[str, frozenset[str]]] = {}

    def __init__(self, *, deeds: list[Deed] | None = None) -> None:
        self.deeds: list[Deed] = [] if deeds is None else deeds
        self.faults = Faults()
        self._request: ContextVar[Request] = ContextVar("request")
        self._lock = threading.Lock()

    def configure(self, config: Inputs) -> None:
        """Take the inputs of a provider resource; they are also ``self.request.config`` of every call through it."""

    def config_rule(self, olds: Inputs, news: Inputs) -> Rule:
        """Return what replaces the provider resource, and with it everything made through it."""
        return Rule(replaces=(), source="bridged providers are configured anew in place")

    def check(self, type_: str, inputs: Inputs) -> tuple[Inputs, list[Failure]]:
        """Return the inputs with defaults filled in, and what is wrong with them."""
        return inputs, []

    def rule(self, type_: str) -> Rule:
        """Return what replaces a resource of this type."""
        if type_ not in self.rules:
            raise RefusedError(f"what replaces a {type_} is not known: give it a rule in ops.diff.tables.replacement")
        return self.rules[type_]

    def plan(self, type_: str, inputs: Inputs) -> Outputs:
        """Return the outputs of a creation that a preview knows, beside the inputs; omitted ones are unknown."""
        return {}

    def create(self, type_: str, name: str, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the resource; return its id, and all outputs the program may read.

        The inputs are put out beside them as they are.
        """
        raise RefusedError(f"{type_} is not implemented")

    def read(self, type_: str, id_: str, inputs: Inputs, outputs: Outputs) -> tuple[Inputs, Outputs] | None:
        """Return the current state; ``None`` when it is deleted.

        Inputs are empty when the program only refers to it.
        """
        return inputs, outputs

    def plan_update(self, type_: str, olds: Inputs, news: Inputs, outputs: Outputs) -> Outputs:
        """Return the outputs that an update changes as far as a preview knows; omitted ones stay as they were."""
        return {}

    def update(self, type_: str, id_: str, olds: Inputs, news: Inputs, outputs: Outputs) -> Outputs:
        """Change the resource from the inputs ``olds`` to ``news``.

        Returns outputs as ``create`` does; the parameter ``outputs`` is what they were before.
        """
        return {key: value for key, value in outputs.items() if key not in olds and key not in news}

    def delete(self, type_: str, id_: str, outputs: Outputs) -> None:
        """Remove the resource."""

    def invoke(self, token: str, args: Inputs) -> Outputs:
        """Return the result of a provider function."""
        raise RefusedError(f"the function {token} is not implemented")

    def construct(
        self, name: str, type_: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions
    ) -> ConstructResult:
        """Build a component.

        Inputs are the SDK's here, with outputs and resources, and children are registered.
        """
        raise RefusedError(f"the component {type_} is not implemented")

    def call(self, token: str, args: Mapping[str, Any]) -> CallResult:
        """Call a component's method; ``args["__self__"]`` is the component."""
        raise RefusedError(f"the method {token} is not implemented")

    def cancel(self) -> None:
        """Cancel long operations, because the engine is interrupted. Later calls are those of another run."""

    @property
    def request(self) -> Request:
        """Return the call being answered."""
        return self._request.get()

    @contextmanager
    def answering(self, request: Request) -> Iterator[Request]:
        """Answer one call: ``self.request`` within the block."""
        token = self._request.set(request)
        try:
            yield request
        finally:
            self._request.reset(token)

    def done(self, operation: str, id_: str) -> None:
        """Note that the call being answered has done what it was asked for."""
        asked = self.request
        with self._lock:
            self.deeds.append(Deed(operation=operation, type=asked.type, name=asked.name, urn=asked.urn, id=id_))
