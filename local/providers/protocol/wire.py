"""Property values as the engine sends them, to plain Python and back.

Secrets, resource references and outputs travel in envelopes: maps with a signature (pulumi.runtime.rpc,
`_special_sig_key` and its values). Values nobody knows yet travel as fixed strings, one per type of the value
(sdk/go/common/resource/plugin/rpc.go, `UnknownStringValue` and the others).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import ListValue, Struct, Value

from ops.diff.tables.unknown import UNKNOWN, Path, Unknown
from ops.offline.monitor import ENVELOPE_KEY, SECRET_ENVELOPE

OUTPUT_ENVELOPE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


@dataclass(frozen=True, kw_only=True)
class Properties:
    """plain: the values without envelopes, ``UNKNOWN`` for the unknown, no nulls. secrets: paths of what is secret."""

    plain: dict[str, Any]
    secrets: frozenset[Path]


def read(struct: Struct) -> Properties:
    """Read properties from a request."""
    secrets: set[Path] = set()
    plain = {key: _read(value, (key,), secrets) for key, value in struct.fields.items() if not _null(value)}
    return Properties(plain=plain, secrets=frozenset(secrets))


def write(values: Mapping[str, Any], secrets: Iterable[Path] = ()) -> Struct:
    """Write properties into a response.

    ``secrets`` are put into envelopes; a path that ends early hides what is there.
    """
    hidden = frozenset(secrets)
    return Struct(fields={key: _write(value, (key,), hidden) for key, value in values.items() if value is not None})


def known(value: Any) -> bool:
    """Check whether a value contains nothing unknown, however deep."""
    if isinstance(value, Mapping):
        return all(known(each) for each in value.values())
    if isinstance(value, list | tuple):
        return all(known(each) for each in value)
    return value is not UNKNOWN


def _null(value: Value) -> bool:
    return value.WhichOneof("kind") in (None, "null_value")


def _read(value: Value, path: Path, secrets: set[Path]) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            return _read_map(value.struct_value, path, secrets)
        case "list_value":
            return [_read(each, (*path, index), secrets) for index, each in enumerate(value.list_value.values)]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "string_value":
            return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
    return None


def _read_map(struct: Struct, path: Path, secrets: set[Path]) -> Any:
    fields = struct.fields
    signature = fields[ENVELOPE_KEY].string_value if ENVELOPE_KEY in fields else ""
    if signature not in (SECRET_ENVELOPE, OUTPUT_ENVELOPE):
        # Resource references stay maps with their signature, `urn` and `id`.
        return {key: _read(each, (*path, key), secrets) for key, each in fields.items() if not _null(each)}
    if signature == SECRET_ENVELOPE or ("secret" in fields and fields["secret"].bool_value):
        secrets.add(path)
    return _read(fields["value"], path, secrets) if "value" in fields else UNKNOWN


def _write(value: Any, path: Path, secrets: frozenset[Path]) -> Value:
    if path in secrets or (not isinstance(value, Mapping | list | tuple) and _leads_into(path, secrets)):
        fields = {
            ENVELOPE_KEY: Value(string_value=SECRET_ENVELOPE),
            "value": _write(value, path, frozenset()),
        }
        return Value(struct_value=Struct(fields=fields))
    if isinstance(value, Mapping):
        inner = {key: _write(each, (*path, key), secrets) for key, each in value.items() if each is not None}
        return Value(struct_value=Struct(fields=inner))
    if isinstance(value, list | tuple):
        listed = [_write(each, (*path, index), secrets) for index, each in enumerate(value)]
        return Value(list_value=ListValue(values=listed))
    return _scalar(value)


def _leads_into(path: Path, secrets: frozenset[Path]) -> bool:
    return any(secret[: len(path)] == path for secret in secrets)


def _scalar(value: Any) -> Value:
    match value:
        case None:
            return Value(null_value=0)  # type: ignore[arg-type]
        case Unknown():
            return Value(string_value=UNKNOWN_TEXT)
        case bool():
            return Value(bool_value=value)
        case int() | float():
            return Value(number_value=value)
        case str():
            return Value(string_value=value)
    raise TypeError(f"{type(value).__name__} is nothing a provider can put out")
