"""Limits of AWS's own service model: lengths, ranges, patterns and words of an enumeration.

botocore checks types, missing and unknown parameters; it leaves these limits to AWS, which is not here.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.exceptions import ParamValidationError


def enforce(params: Mapping[str, Any], model: Any, **_: Any) -> None:
    """Refuse what AWS would refuse; a handler of botocore's event ``before-parameter-build``.

    Raises ParamValidationError with every violation, in the words AWS uses.
    """
    violations = list(_violations(params, model.input_shape, "")) if model.input_shape else []
    if violations:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        raise ParamValidationError(report=f"{model.name}: {count}: {'; '.join(violations)}")


def _violations(value: Any, shape: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for key in value.keys() & shape.members.keys():
            yield from _violations(value[key], shape.members[key], f"{path}.{key}".lstrip("."))
    elif shape.type_name == "list" and isinstance(value, list | tuple):
        yield from _size(len(value), shape, path, value)
        for index, each in enumerate(value):
            yield from _violations(each, shape.member, f"{path}.{index + 1}.member")
    elif shape.type_name == "map" and isinstance(value, Mapping):
        yield from _size(len(value), shape, path, value)
        for key, each in value.items():
            yield from _violations(key, shape.key, f"{path}.key")
            yield from _violations(each, shape.value, f"{path}.{key}")
    else:
        yield from _scalar(value, shape, path)


def _scalar(value: Any, shape: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        yield from _size(len(value), shape, path, value)
        words = getattr(shape, "enum", None)
        if words and value not in words:
            yield _unsatisfied(value, path, f"satisfy enum value set: {words}")
        pattern = shape.metadata.get("pattern")
        compiled = _compiled(pattern) if pattern else None
        if compiled and not compiled.fullmatch(value):
            yield _unsatisfied(value, path, f"satisfy regular expression pattern: {pattern}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        most, least = shape.metadata.get("max"), shape.metadata.get("min")
        if most is not None and value > most:
            yield _unsatisfied(value, path, f"have value less than or equal to {most}")
        if least is not None and value < least:
            yield _unsatisfied(value, path, f"have value greater than or equal to {least}")


def _size(size: int, shape: Any, path: str, value: Any) -> Iterator[str]:
    most, least = shape.metadata.get("max"), shape.metadata.get("min")
    if most is not None and size > most:
        yield _unsatisfied(value, path, f"have length less than or equal to {most}")
    if least is not None and size < least:
        yield _unsatisfied(value, path, f"have length greater than or equal to {least}")


def _unsatisfied(value: Any, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {constraint}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the compiled pattern, or None for the few patterns that only Java reads."""
    try:
        return re.compile(pattern, re.DOTALL)
    except re.error:
        return None
