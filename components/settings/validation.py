"""Translation of pydantic's validation errors into problems of a stack file."""

import difflib
import re
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Union

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from . import Settings
from .problems import Problem

Location = tuple[int | str, ...]
PLAIN_KEY = re.compile(r"[A-Za-z_][-A-Za-z0-9_]*")
# Pydantic's mark for an error in a mapping's key instead of its value.
KEY = "[key]"


def path(location: Iterable[int | str]) -> str:
    """Return a key as ``pulumi config set --path`` takes it: ``mesh.certificates.root.generations[0].issued``."""
    written = ""
    for part in location:
        if isinstance(part, int):
            written += f"[{part}]"
        elif part == KEY:
            continue
        elif PLAIN_KEY.fullmatch(part):
            written += f".{part}" if written else part
        else:
            written += f'["{part}"]'
    return written


def nearest(key: str, valid: Sequence[str]) -> str:
    """Return the remedy for an unknown key: the closest valid key, and all valid keys."""
    folded = {name.lower(): name for name in valid}
    close = difflib.get_close_matches(key.replace("_", "").lower(), folded, n=1)
    meant = f"Did you mean {folded[close[0]]}? " if close else ""
    return f"{meant}Valid keys: {', '.join(sorted(valid))}."


def problems(error: ValidationError, roots: Sequence[str] = ()) -> list[Problem]:
    """Return one problem for each mistake.

    Args:
        error: pydantic's error.
        roots: top-level keys that are already reported; nothing below them is repeated.
    """
    reported = [(root,) for root in roots]
    details = [detail for detail in error.errors(include_url=False) if detail["loc"][:1] not in reported]
    # A bad item also makes its list too short: errors that follow from a deeper one are left out.
    deeper = {detail["loc"][:length] for detail in details for length in range(len(detail["loc"]))}
    return [_problem(detail) for detail in details if detail["loc"] not in deeper]


def _problem(detail: ErrorDetails) -> Problem:
    reason, remedy = _MESSAGES.get(detail["type"], _other)(detail)
    value = detail["input"] if isinstance(detail["input"], str | int | float) else None
    absent = detail["type"] == "missing"
    # An error about the text as a whole has no location.
    return Problem(key=path(detail["loc"]) or "config", value=None if absent else value, reason=reason, remedy=remedy)


def _unknown_key(detail: ErrorDetails) -> tuple[str, str]:
    valid = _keys(detail["loc"][:-1])
    return "is not a setting.", nearest(str(detail["loc"][-1]), valid)


def _missing(detail: ErrorDetails) -> tuple[str, str]:
    return "is missing and has no default.", f"Add {detail['loc'][-1]}; docs/settings.md describes it."


def _word(detail: ErrorDetails) -> tuple[str, str]:
    expected = detail["ctx"]["expected"].replace("'", "")
    if detail["loc"][-1] == KEY:
        return "is not a valid name.", f"Use {expected}."
    if str(detail["input"]) in re.split(r", | or ", expected):
        return "is text, but must be a number.", f"Remove the quotes: write {detail['input']}."
    return "is not a valid value.", f"Use {expected}."


def _boolean(detail: ErrorDetails) -> tuple[str, str]:
    return "is neither true nor false.", "Write true or false, without quotes."


def _text(detail: ErrorDetails) -> tuple[str, str]:
    if detail["input"] is None:
        return _empty(detail)
    if isinstance(detail["input"], int | float):
        return "is not text: YAML read it as a number or a boolean.", "Put quotes around it."
    return "is not text.", "Write one value, in quotes."


def _number(detail: ErrorDetails) -> tuple[str, str]:
    if detail["input"] is None:
        return _empty(detail)
    if isinstance(detail["input"], str) and detail["input"].lstrip("-").isdigit():
        return "is text, but must be a number.", f"Remove the quotes: write {detail['input']}."
    return "is not a whole number.", "Write a whole number, without quotes."


def _mapping(detail: ErrorDetails) -> tuple[str, str]:
    if detail["input"] is None:
        return _empty(detail)
    valid = _keys(detail["loc"])
    return "is not a mapping.", f"Write keys with values{': ' + ', '.join(valid) if valid else ''}."


def _list(detail: ErrorDetails) -> tuple[str, str]:
    if detail["input"] is None:
        return _empty(detail)
    return "is not a list.", "Write a list, even for one value: [value]."


def _empty(detail: ErrorDetails) -> tuple[str, str]:
    return "has no value.", "Remove the key, or give it a value."


def _bound(sign: str, limit: str) -> Callable[[ErrorDetails], tuple[str, str]]:
    def explain(detail: ErrorDetails) -> tuple[str, str]:
        bound = detail["ctx"][limit]
        return f"is out of range: it must be {sign} {bound}.", f"Use {bound}, or another number in range."

    return explain


def _too_short(detail: ErrorDetails) -> tuple[str, str]:
    least = detail["ctx"]["min_length"]
    return f"is too short: it must have at least {_items(least)}.", f"List {least} or more."


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _too_long_text(detail: ErrorDetails) -> tuple[str, str]:
    most = detail["ctx"]["max_length"]
    return f"is too long: it has {len(detail['input'])} characters, and at most {most} are allowed.", "Shorten it."


def _short_text(detail: ErrorDetails) -> tuple[str, str]:
    return "is empty.", "Remove the key, or give it a value."


def _own_words(detail: ErrorDetails) -> tuple[str, str]:
    """Split the message of a validator in ``base``, which gives reason and remedy in two sentences."""
    reason, _, remedy = str(detail["ctx"]["error"]).partition(". ")
    return f"{reason.rstrip('.')}.", f"{remedy.rstrip('.') or 'Write it in that form'}."


def _other(detail: ErrorDetails) -> tuple[str, str]:
    reason = f"is not valid: {detail['msg'][:1].lower()}{detail['msg'][1:]}."
    return reason, "Use a value that the table of settings in docs/settings.md describes."


_MESSAGES: dict[str, Callable[[ErrorDetails], tuple[str, str]]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "literal_error": _word,
    "bool_type": _boolean,
    "string_type": _text,
    "int_type": _number,
    "int_from_float": _number,
    "model_type": _mapping,
    "dict_type": _mapping,
    "tuple_type": _list,
    "greater_than_equal": _bound("at least", "ge"),
    "less_than_equal": _bound("at most", "le"),
    "too_short": _too_short,
    "string_too_long": _too_long_text,
    "string_too_short": _short_text,
    "value_error": _own_words,
}


def _keys(location: Location) -> list[str]:
    """Return the keys that the settings have at a location; none where every key is allowed."""
    place: Any = Settings
    for part in location:
        model = _model(place)
        if model is None:
            place = _item(place)
        else:
            field = next((field for field in model.model_fields.values() if field.alias == part), None)
            place = field.annotation if field else None
    model = _model(place)
    return [field.alias or "" for field in model.model_fields.values()] if model else []


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return next((model for model in map(_model, typing.get_args(annotation)) if model), None)
    return None


def _item(annotation: Any) -> Any:
    """Return the type of a mapping's values or of a list's items."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if typing.get_origin(annotation) is tuple else None
