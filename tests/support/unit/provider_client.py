"""The engine's part in a conversation with a stand-in, over its own protocol on loopback."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc  # type: ignore[import-untyped]
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from local.providers.protocol import server, wire
from local.providers.protocol.base import StandIn
from ops.diff.tables.unknown import Path


@dataclass(frozen=True, kw_only=True)
class Made:
    """A resource as the engine keeps it in its state."""

    type: str
    name: str
    id: str
    inputs: Struct
    outputs: Struct

    @property
    def plain(self) -> dict[str, Any]:
        return wire.read(self.outputs).plain

    @property
    def secrets(self) -> frozenset[Path]:
        return wire.read(self.outputs).secrets


class Client:
    """What the engine asks one provider resource."""

    def __init__(self, stub: Any, config: Mapping[str, Any]) -> None:
        self.stub = stub
        stub.Configure(proto.ConfigureRequest(args=wire.write(config), acceptSecrets=True))

    def check(self, type_: str, name: str, inputs: Mapping[str, Any], olds: Struct | None = None) -> Any:
        return self.stub.Check(proto.CheckRequest(type=type_, name=name, news=wire.write(inputs), olds=olds))

    def create(
        self,
        type_: str,
        name: str,
        inputs: Mapping[str, Any],
        secrets: tuple[Path, ...] = (),
        *,
        preview: bool = False,
    ) -> Made:
        given = wire.write(inputs, secrets)
        answer = self.stub.Create(
            proto.CreateRequest(urn=f"urn:{name}", type=type_, name=name, properties=given, preview=preview)
        )
        return Made(type=type_, name=name, id=answer.id, inputs=given, outputs=answer.properties)

    def diff(self, made: Made, news: Mapping[str, Any], ignored: tuple[str, ...] = ()) -> Any:
        return self.stub.Diff(
            proto.DiffRequest(
                id=made.id,
                type=made.type,
                name=made.name,
                olds=made.outputs,
                old_inputs=made.inputs,
                news=wire.write(news),
                ignoreChanges=ignored,
            )
        )

    def replaces(self, made: Made, news: Mapping[str, Any]) -> list[str]:
        return list(self.diff(made, news).replaces)

    def update(self, made: Made, news: Mapping[str, Any], *, preview: bool = False) -> Made:
        given = wire.write(news)
        answer = self.stub.Update(
            proto.UpdateRequest(
                id=made.id,
                type=made.type,
                name=made.name,
                olds=made.outputs,
                old_inputs=made.inputs,
                news=given,
                preview=preview,
            )
        )
        return Made(type=made.type, name=made.name, id=made.id, inputs=given, outputs=answer.properties)

    def delete(self, made: Made) -> None:
        self.stub.Delete(proto.DeleteRequest(id=made.id, type=made.type, name=made.name, properties=made.outputs))


@contextmanager
def connected(stand_in: StandIn, config: Mapping[str, Any] | None = None) -> Iterator[Client]:
    """A provider resource with the given inputs."""
    with (
        server.serve({stand_in.package: stand_in}) as ports,
        grpc.insecure_channel(f"127.0.0.1:{ports[stand_in.package]}") as channel,
    ):
        yield Client(ResourceProviderStub(channel), config or {})
