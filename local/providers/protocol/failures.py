"""How a stand-in fails: as AWS or Kubernetes would, or because a test wants it to."""

import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import grpc  # type: ignore[import-untyped]
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import status_pb2


class Context(Protocol):
    """The part of a gRPC call that is used."""

    def peer(self) -> str:
        """Return the address of the connection."""

    def abort(self, code: Any, details: str = "", trailing_metadata: tuple[tuple[str, bytes], ...] = ()) -> NoReturn:
        """Abort the call with an error."""


class RefusedError(Exception):
    """The text a user would see from the provider."""


class UnreadyError(Exception):
    """Made, but not working: the engine keeps the resource and updates it next time."""

    def __init__(self, reason: str, id_: str, outputs: Mapping[str, Any]) -> None:
        super().__init__(reason)
        self.id = id_
        self.outputs = dict(outputs)
        self.properties = Struct()

    @property
    def detail(self) -> proto.ErrorResourceInitFailed:
        """Return what the engine keeps; ``properties`` are filled in where secrets are known."""
        return proto.ErrorResourceInitFailed(id=self.id, properties=self.properties, reasons=[str(self)])


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The next ``operation`` on a type or logical name fails."""

    what: str
    operation: str


class Faults:
    """Failures on demand, each once."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def once(self, what: str, operation: str = "create") -> None:
        """Let the next operation on a type token or a logical name fail.

        operation: ``create``, ``update``, ``delete`` fail before anything is done; ``ready`` fails after a creation,
        which the engine keeps as not initialised.
        """
        if operation not in ("create", "update", "delete", "ready"):
            raise ValueError(f"{operation} is no operation that can fail: create, ready, update or delete")
        with self._lock:
            self._waiting.append(Fault(what=what, operation=operation))

    @property
    def waiting(self) -> list[Fault]:
        """Return the faults that no operation has run into yet."""
        with self._lock:
            return list(self._waiting)

    def strike(
        self, operation: str, type_: str, name: str, id_: str = "", outputs: Mapping[str, Any] | None = None
    ) -> None:
        """Fail if a fault waits for this operation, and remove the fault."""
        with self._lock:
            struck = next(
                (each for each in self._waiting if each.operation == operation and each.what in (type_, name)), None
            )
            if struck is None:
                return
            self._waiting.remove(struck)
        if operation == "ready":
            raise UnreadyError("it does not become ready, because a test wants it so", id_, outputs or {})
        raise RefusedError(f"{operation} fails once, because a test wants it so")


@contextmanager
def reported(context: Context, subject: str) -> Iterator[None]:
    """Report exceptions as the engine's errors; those that are no refusal come with their place in the code."""
    try:
        yield
    except RefusedError as refused:
        context.abort(grpc.StatusCode.UNKNOWN, str(refused))
    except UnreadyError as unready:
        context.abort(grpc.StatusCode.UNKNOWN, str(unready), _details(str(unready), unready.detail))
    except Exception as fault:  # noqa: BLE001 - any failure becomes an error of the engine
        place = "".join(traceback.format_exception(fault))
        context.abort(grpc.StatusCode.INTERNAL, f"{subject}: the stand-in itself failed:\n{place}")


def _details(text: str, detail: Any) -> tuple[tuple[str, bytes], ...]:
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
    status.details.add().Pack(detail)
    return (("grpc-status-details-bin", status.SerializeToString()),)
