"""The engine's side of an offline run: the SDK's mock monitor, with the engine's answers and URNs."""

import threading
from dataclasses import dataclass, field
from typing import Any, Protocol

import pulumi
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct, Value
from pulumi.runtime import mocks
from pulumi.runtime.proto import engine_pb2, resource_pb2

# Value in the document that is unknown before an update.
UNKNOWN = "[unknown]"
STACK_TYPE = "pulumi:pulumi:Stack"
# Marks of secrets and resources inside inputs (pulumi.runtime.rpc, `_special_sig_key` and its values).
ENVELOPE_KEY = "4dabf18193072939515e22adb298388d"
SECRET_ENVELOPE = "1b47061264138c4ac30d75fd1eb44270"
RESOURCE_ENVELOPE = "5cf8f73096256a8f31e491e813e4eb8e"


class Answers(Protocol):
    """Answers in place of the providers."""

    def resource(self, args: mocks.MockResourceArgs, monitor: "Monitor") -> tuple[str, dict[str, Any]]:
        """Return id and outputs of a resource; an empty id is unknown."""

    def invoke(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        """Return the result of a provider function."""


class Unanswered:
    """Answers of a first preview: inputs are echoed, ids and computed outputs stay unknown."""

    def resource(self, args: mocks.MockResourceArgs, monitor: "Monitor") -> tuple[str, dict[str, Any]]:
        """Echo the inputs, as the engine does before anything exists."""
        return "", args.inputs

    def invoke(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        """Return the one field that the program reads, as unknown: the SDK checks the types of results."""
        return {"cidrBlock": UNKNOWN}


@dataclass
class Recording:
    """Everything that a run sent to the engine."""

    project: str
    stack: str
    root: str = ""
    requests: dict[str, resource_pb2.RegisterResourceRequest] = field(default_factory=dict)
    outputs: dict[str, Struct] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


class _Answering(mocks.Mocks):
    """The SDK's hook, which delegates to ``Answers``."""

    monitor: "Monitor"

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def call(self, args: mocks.MockCallArgs) -> Any:
        return self._answers.invoke(args)

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        return self._answers.resource(args, self.monitor)


class Monitor(mocks.MockMonitor):
    """The mock monitor with the engine's URNs and its check for duplicates."""

    def __init__(self, recording: Recording, answers: Answers) -> None:
        hook = _Answering(answers)
        super().__init__(hook)
        hook.monitor = self
        self.recording = recording
        self._lock = threading.Lock()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Return the URN without the type of the root stack, as the engine does; the mock monitor includes it."""
        chain = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if chain == STACK_TYPE else f"{chain}${type_}"
        return f"urn:pulumi:{self.recording.stack}::{self.recording.project}::{qualified}::{name}"

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:
        """Record the registration, then answer."""
        urn = self.make_urn(request.parent, request.type, request.name)
        with self._lock:
            if urn in self.recording.requests:
                raise pulumi.RunError(f"Two resources have the URN {urn}, which the engine rejects. Rename one.")
            self.recording.requests[urn] = request
            if request.type == STACK_TYPE:
                self.recording.root = urn
        answered = resource_pb2.RegisterResourceRequest()
        answered.CopyFrom(request)
        _flatten(answered.object)
        return super().RegisterResource(answered)  # type: ignore[no-untyped-call]  # the SDK has no annotations here

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:
        """Record the outputs of a component or the stack."""
        with self._lock:
            self.recording.outputs[request.urn] = request.outputs
        return empty_pb2.Empty()

    def Call(self, request: Any) -> Any:
        """Refuse resource methods: the program uses none."""
        raise pulumi.RunError(f"The offline run has no answer for the method {request.tok}.")


def _flatten(struct: Struct) -> None:
    """Replace every resource that is an input by its URN.

    The mock monitor would rebuild the resource on its worker thread, which can deadlock.
    """
    for value in struct.fields.values():
        _flatten_value(value)


def _flatten_value(value: Value) -> None:
    fields = value.struct_value.fields if value.HasField("struct_value") else {}
    if ENVELOPE_KEY in fields and fields[ENVELOPE_KEY].string_value == RESOURCE_ENVELOPE:
        value.string_value = fields["urn"].string_value
    elif value.HasField("struct_value"):
        _flatten(value.struct_value)
    elif value.HasField("list_value"):
        for each in value.list_value.values:
            _flatten_value(each)


class Engine(mocks.MockEngine):
    """An engine that records warnings, as the CLI would show them."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(None)
        self._recording = recording

    def Log(self, request: engine_pb2.LogRequest) -> None:
        """Record a warning of the SDK or the program; print errors."""
        if request.severity == engine_pb2.WARNING:
            self._recording.warnings.append(request.message)
        elif request.severity == engine_pb2.ERROR:
            super().Log(request)  # type: ignore[no-untyped-call]  # the SDK has no annotations here
