"""Messages of a protocol by the fields that are used of them: what is left out is kept unread."""

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory, struct_pb2

Shape = Sequence[tuple[str, int, str]]

_FIELD = descriptor_pb2.FieldDescriptorProto


def messages(package: str, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Make classes by name. A shape is fields by name, number and type: ``string`` or a message, ``*`` before many.

    package: of its own, as the process has one pool of messages for all.
    """
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    file.dependency.extend([struct_pb2.DESCRIPTOR.name, any_pb2.DESCRIPTOR.name])
    for name, fields in shapes.items():
        message = file.message_type.add(name=name)
        for title, number, kind in fields:
            _field(message, title, number, kind)
    pool = descriptor_pool.Default()
    pool.Add(file)
    return {each: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{each}")) for each in shapes}


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return plain data as the protocol's Struct."""
    made = struct_pb2.Struct()
    made.update(values)
    return made


def _field(message: descriptor_pb2.DescriptorProto, title: str, number: int, kind: str) -> None:
    bare = kind.removeprefix("*")
    label = _FIELD.LABEL_REPEATED if kind != bare else _FIELD.LABEL_OPTIONAL
    if bare == "string":
        message.field.add(name=title, number=number, label=label, type=_FIELD.TYPE_STRING)
    else:
        message.field.add(name=title, number=number, label=label, type=_FIELD.TYPE_MESSAGE, type_name=bare)
