"""The stack's outputs as a Markdown table, from the model of the contract."""

from collections.abc import Iterator
from typing import Any

from components.contract import model as contract

TYPES = {"string": "text", "integer": "number", "array": "list", "object": "map"}


def markdown() -> str:
    """Return a table with one row per output, with the fields of maps below them."""
    rows = "\n".join(f"| `{path}` | {kind} | {meaning} |" for path, kind, meaning in _rows("", contract.schema()))
    return f"| output | type | meaning |\n|---|---|---|\n{rows}"


def _rows(prefix: str, schema: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, field in schema["properties"].items():
        path, kind = f"{prefix}{name}", _kind(field)
        yield path, kind, field.get("description", "")
        inner, suffix = _inner(field)
        if inner:
            yield from _rows(f"{path}{suffix}.", contract.schema()["$defs"][inner])


def _kind(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(each) for each in field["anyOf"] if each.get("type") != "null") + ", may be empty"
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return f"list of {_kind(field['items'])}"
    if "additionalProperties" in field:
        return f"map to {_kind(field['additionalProperties'])}"
    return TYPES.get(field.get("type", "object"), "map")


def _inner(field: dict[str, Any]) -> tuple[str, str]:
    """Return the name of the model inside a field, and the path suffix that leads to it."""
    holders = {"": field, "[]": field.get("items"), ".<name>": field.get("additionalProperties")}
    for suffix, holder in holders.items():
        if isinstance(holder, dict) and "$ref" in holder:
            return holder["$ref"].rpartition("/")[2], suffix
    return "", ""
