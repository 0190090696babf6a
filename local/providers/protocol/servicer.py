"""The engine's gRPC protocol in front of a stand-in (proto/pulumi/provider.proto)."""

import importlib.metadata
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from local.providers.protocol import components, naming, wire
from local.providers.protocol.base import Inputs, Outputs, Request, StandIn
from local.providers.protocol.failures import Context, UnreadyError, reported
from ops.diff.tables import difference
from ops.diff.tables.replacement import Rule


class Servicer(ResourceProviderServicer):
    """Takes values out of their envelopes for a stand-in, and puts what it answers back into them."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        self._configs: dict[str, Inputs] = {}
        self._last_config: Inputs = {}
        self._engine = ""
        self._lock = threading.Lock()

    def Handshake(self, request: proto.ProviderHandshakeRequest, context: Context) -> proto.ProviderHandshakeResponse:
        """Agree to see secrets, references and outputs."""
        self._engine = request.engine_address
        return proto.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True, accept_outputs=True)

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> Empty:
        """Learn where the engine listens."""
        self._engine = request.address
        return Empty()

    def GetPluginInfo(self, request: Empty, context: Context) -> plugin_pb2.PluginInfo:
        """Stand in for the provider of the installed SDK's version."""
        return plugin_pb2.PluginInfo(version=importlib.metadata.version(f"pulumi-{self._stand_in.package}"))

    def GetSchema(self, request: proto.GetSchemaRequest, context: Context) -> proto.GetSchemaResponse:
        """Name the package; programs in Python bring their own types."""
        return proto.GetSchemaResponse(schema=json.dumps({"name": self._stand_in.package}))

    def Cancel(self, request: Empty, context: Context) -> Empty:
        """Cancel long operations, because the engine is interrupted."""
        self._stand_in.cancel()
        return Empty()

    def CheckConfig(self, request: proto.CheckRequest, context: Context) -> proto.CheckResponse:
        """Take provider inputs as they are."""
        return proto.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: proto.DiffRequest, context: Context) -> proto.DiffResponse:
        """Compare provider inputs."""
        return self._difference(request, self._stand_in.config_rule, context)

    def Configure(self, request: proto.ConfigureRequest, context: Context) -> proto.ConfigureResponse:
        """Remember provider inputs by connection: the engine opens one per provider resource."""
        config = wire.read(request.args).plain
        with reported(context, f"provider {self._stand_in.package}"):
            self._stand_in.configure(config)
        with self._lock:
            self._configs[context.peer()] = self._last_config = config
        return proto.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=True
        )

    def Check(self, request: proto.CheckRequest, context: Context) -> proto.CheckResponse:
        """Validate and complete the inputs; what is secret stays secret."""
        olds, news = wire.read(request.olds), wire.read(request.news)
        with self._answering(request, context) as call:
            named = naming.fill(self._stand_in.naming.get(call.type), call.name, olds.plain, news.plain)
            inputs, failures = self._stand_in.check(call.type, named)
        return proto.CheckResponse(
            inputs=wire.write(inputs, news.secrets),
            failures=[proto.CheckFailure(property=each.property, reason=each.reason) for each in failures],
        )

    def Diff(self, request: proto.DiffRequest, context: Context) -> proto.DiffResponse:
        """Compare inputs by the type's rule."""
        return self._difference(request, lambda olds, news: self._stand_in.rule(request.type), context)

    def Create(self, request: proto.CreateRequest, context: Context) -> proto.CreateResponse:
        """Make a resource, or say in a preview what is known of it."""
        inputs = wire.read(request.properties)
        with self._answering(request, context, inputs, preview=request.preview) as call:
            if request.preview:
                planned = self._stand_in.plan(call.type, inputs.plain)
                return proto.CreateResponse(properties=self._written(call, inputs.plain | planned, inputs))
            self._stand_in.faults.strike("create", call.type, call.name)
            id_, outputs = self._stand_in.create(call.type, call.name, inputs.plain)
            self._stand_in.done("create", id_)
            self._stand_in.faults.strike("ready", call.type, call.name, id_, outputs)
        return proto.CreateResponse(id=id_, properties=self._written(call, inputs.plain | outputs, inputs))

    def Update(self, request: proto.UpdateRequest, context: Context) -> proto.UpdateResponse:
        """Change a resource in place; in a preview outputs stay as they were unless they are inputs."""
        olds, news, before = wire.read(request.old_inputs), wire.read(request.news), wire.read(request.olds)
        with self._answering(request, context, news, preview=request.preview) as call:
            if request.preview:
                kept = {key: value for key, value in before.plain.items() if key not in olds.plain}
                planned = self._stand_in.plan_update(call.type, olds.plain, news.plain, before.plain)
                return proto.UpdateResponse(properties=self._written(call, kept | news.plain | planned, news, before))
            self._stand_in.faults.strike("update", call.type, call.name)
            outputs = self._stand_in.update(call.type, request.id, olds.plain, news.plain, before.plain)
            self._stand_in.done("update", request.id)
        return proto.UpdateResponse(properties=self._written(call, news.plain | outputs, news))

    def Read(self, request: proto.ReadRequest, context: Context) -> proto.ReadResponse:
        """Read the current state again."""
        inputs, outputs = wire.read(request.inputs), wire.read(request.properties)
        with self._answering(request, context) as call:
            found = self._stand_in.read(call.type, request.id, inputs.plain, outputs.plain)
        if found is None:
            return proto.ReadResponse()
        properties = self._written(call, found[1], inputs, outputs)
        return proto.ReadResponse(id=request.id, inputs=wire.write(found[0], inputs.secrets), properties=properties)

    def Delete(self, request: proto.DeleteRequest, context: Context) -> Empty:
        """Remove a resource."""
        with self._answering(request, context) as call:
            self._stand_in.faults.strike("delete", call.type, call.name)
            self._stand_in.delete(call.type, request.id, wire.read(request.properties).plain)
            self._stand_in.done("delete", request.id)
        return Empty()

    def Invoke(self, request: proto.InvokeRequest, context: Context) -> proto.InvokeResponse:
        """Answer a provider function."""
        args = wire.read(request.args)
        call = Request(urn="", type=request.tok, name="", preview=request.preview, config=self._config(context))
        with self._stand_in.answering(call), reported(context, request.tok):
            result = self._stand_in.invoke(request.tok, args.plain)
        response = proto.InvokeResponse()
        # The field's name is a word of Python's.
        getattr(response, "return").CopyFrom(wire.write(result))
        return response

    async def Construct(self, request: proto.ConstructRequest, context: Context) -> proto.ConstructResponse:
        """Build a component, through the SDK's own servicer."""
        return await components.servicer(self._stand_in, self._engine).Construct(request, context)

    async def Call(self, request: proto.CallRequest, context: Context) -> proto.CallResponse:
        """Call a component's method, through the SDK's own servicer."""
        response: proto.CallResponse = await components.servicer(self._stand_in, self._engine).Call(request, context)
        return response

    @contextmanager
    def _answering(
        self, asked: Any, context: Context, inputs: wire.Properties | None = None, *, preview: bool = False
    ) -> Iterator[Request]:
        """Answer one call about one resource; exceptions become the engine's errors."""
        call = Request(urn=asked.urn, type=asked.type, name=asked.name, preview=preview, config=self._config(context))
        with self._stand_in.answering(call), reported(context, f"{call.type} {call.name}"):
            try:
                yield call
            except UnreadyError as unready:
                plain, *alike = (inputs.plain, inputs) if inputs else ({},)
                unready.properties = self._written(call, plain | unready.outputs, *alike)
                raise

    def _config(self, context: Context) -> Inputs:
        with self._lock:
            return self._configs.get(context.peer(), self._last_config)

    def _difference(
        self, request: proto.DiffRequest, rule: Callable[[Inputs, Inputs], Rule], context: Context
    ) -> proto.DiffResponse:
        olds, news = wire.read(request.old_inputs).plain, wire.read(request.news).plain
        with self._answering(request, context):
            found = difference.between(rule(olds, news), olds, news, list(request.ignoreChanges))
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if found.changes else proto.DiffResponse.DIFF_NONE,
            replaces=sorted({str(change.path[0]) for change in found.changes if change.replaces}),
            deleteBeforeReplace=found.replaces and found.deletes_first,
            diffs=sorted({str(change.path[0]) for change in found.changes}),
            detailedDiff={change.text: _detail(change) for change in found.changes},
            hasDetailedDiff=True,
        )

    def _written(self, call: Request, outputs: Outputs, *alike: wire.Properties) -> Struct:
        """Write outputs with secrets wherever the inputs, or the outputs before, have them."""
        always = {(key,) for key in self._stand_in.secret_outputs.get(call.type, ())}
        return wire.write(outputs, always.union(*(each.secrets for each in alike)))


def _detail(change: difference.Change) -> proto.PropertyDiff:
    kind = change.kind.value + ("_REPLACE" if change.replaces else "")
    return proto.PropertyDiff(kind=proto.PropertyDiff.Kind.Value(kind), inputDiff=True)
