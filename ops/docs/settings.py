"""The settings as Markdown tables, from the models that validate them."""

import datetime
import json
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from components.settings import Settings, base, gateways, network, workloads
from ops.docs.changing import CHANGING

# Descriptions of texts with a certain form.
FORMS: tuple[tuple[Any, str], ...] = (
    (base.Cidr, "IPv4 range"),
    (base.Date, "date, quoted"),
    (base.Moment, "moment in UTC, quoted"),
    (base.IstioVersion, "version, quoted"),
    (base.KubernetesVersion, "version, quoted"),
    (base.Version, "version, quoted"),
    (base.Label, "name"),
    (base.PolicyArn, "policy ARN"),
    (base.PrincipalArn, "role or user ARN"),
    (gateways.CertificateArn, "ACM certificate ARN"),
    (gateways.GatewayHost, "namespace/host"),
    (network.SubnetId, "subnet id"),
    (workloads.Call, "namespace/service or host:port"),
)
PLAIN = {str: "text", int: "whole number", bool: "true or false", datetime.date: "date, quoted", Any: "anything"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One setting: its path, allowed values, default and meaning."""

    path: str
    allowed: str
    default: str
    meaning: str


def markdown() -> str:
    """Return a table for each top-level key that contains others, and one for the rest."""
    holders = [(name, field) for name, field in _fields(Settings) if _model_inside(field.annotation)[0]]
    rest = [row for name, field in _fields(Settings) if (name, field) not in holders for row in _rows(name, field)]
    tables = [_table(f"`{name}`", field.description or "", _rows(name, field)) for name, field in holders]
    return "\n\n".join([*tables, _table("Other keys", "", rest)])


def rows(model: type[BaseModel], prefix: str = "") -> Iterator[Row]:
    """Yield every setting below a model; siblings of one kind with the same defaults share their rows."""
    for names, field in _alike(model):
        name = names[0] if len(names) == 1 else f"{{{','.join(names)}}}"
        yield from _rows(f"{prefix}{name}", field)


def _alike(model: type[BaseModel]) -> list[tuple[list[str], FieldInfo]]:
    groups: list[tuple[list[str], FieldInfo]] = []
    for name, field in _fields(model):
        names, first = groups[-1] if groups else ([], None)
        same = first and (first.annotation, first.default) == (field.annotation, field.default)
        if same and _model_inside(field.annotation)[0]:
            names.append(name)
        else:
            groups.append(([name], field))
    return groups


def _rows(path: str, field: FieldInfo) -> Iterator[Row]:
    inner, suffix = _model_inside(field.annotation)
    if inner is None:
        yield Row(path=path, allowed=_allowed(field), default=_default(field), meaning=field.description or "")
        return
    key = _key_words(field.annotation)
    if key:
        yield Row(path=f"{path}{suffix}", allowed=f"{key} as name", default="", meaning=field.description or "")
    yield from rows(inner, f"{path}{suffix}.")


def _key_words(annotation: Any) -> str | None:
    """Return the allowed keys of a map, if they are listed."""
    arguments = get_args(annotation)
    return _words(arguments[0]) if get_origin(annotation) is dict and get_origin(arguments[0]) is Literal else None


def _table(title: str, meaning: str, found: Iterable[Row]) -> str:
    head = [f"### {title}", "", *([meaning, ""] if meaning else [])]
    lines = [*head, "| setting | allowed | default | meaning | changing it |", "|---|---|---|---|---|"]
    for row in found:
        cells = (f"`{row.path}`", row.allowed, row.default, row.meaning, CHANGING[row.path])
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def _model_inside(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    """Return the model inside a field, single or repeated, and the path suffix that leads to it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _model_inside(_without_none(annotation))
    if origin is dict:
        return _model_inside(arguments[1])[0], ".<name>"
    if origin is tuple:
        return _model_inside(arguments[0])[0], "[]"
    return None, ""


def _allowed(field: FieldInfo) -> str:
    form = _form(tuple(field.metadata), field.annotation)
    if form:
        return form
    bounds = {type(each).__name__: each for each in field.metadata}
    least, most = getattr(bounds.get("Ge"), "ge", None), getattr(bounds.get("Le"), "le", None)
    if least is not None:
        return f"{least} to {most}" if most is not None else f"{least} or more"
    return _words(field.annotation)


def _words(annotation: Any) -> str:
    annotation = _without_none(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in arguments)
    if origin is tuple:
        return f"list of {_words(arguments[0])}"
    if origin is dict:
        return "map" if arguments[1] is Any else f"map to {_words(arguments[1])}"
    if hasattr(annotation, "__metadata__"):
        return _form(annotation.__metadata__, arguments[0]) or _words(arguments[0])
    return PLAIN.get(annotation, str(annotation))


def _form(metadata: tuple[Any, ...], annotation: Any) -> str | None:
    """Return the description of a form, found by the identity of its validator."""
    for form, words in FORMS:
        validator = getattr(form, "__metadata__", (None,))[0]
        if validator is not None and any(each is validator for each in metadata):
            return words
    return _form(annotation.__metadata__, None) if hasattr(annotation, "__metadata__") else None


def _without_none(annotation: Any) -> Any:
    kept = [each for each in get_args(annotation) if each is not types.NoneType]
    return kept[0] if get_origin(annotation) in (Union, types.UnionType) and len(kept) == 1 else annotation


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "*required*"
    if value is None or value == () or value == {}:
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"
