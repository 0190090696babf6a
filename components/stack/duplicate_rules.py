"""Rule for duplicates in lists."""

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from ..settings import Gateway, validation
from ..settings.problems import Problem
from ..settings.registry import LAYERS, Context, rule

Location = tuple[int | str, ...]


@rule(*LAYERS)
def duplicates(context: Context) -> Iterable[Problem]:
    """Check that nothing is listed twice; ``gateways.rules`` does so for gateways."""
    for location, listed in _lists((), context.settings):
        for index, value in enumerate(listed):
            if value in listed[:index]:
                yield Problem(
                    key=validation.path((*location, index)),
                    value=value,
                    reason="is listed twice.",
                    remedy="Keep one of them.",
                )


def _lists(location: Location, value: object) -> Iterator[tuple[Location, tuple[object, ...]]]:
    """Yield every list of plain values with its location."""
    if isinstance(value, tuple) and not any(isinstance(item, BaseModel) for item in value):
        yield location, value
    for key, item in _items(value):
        yield from _lists((*location, key), item)


def _items(value: object) -> Iterator[tuple[int | str, object]]:
    if isinstance(value, Gateway):
        return
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield field.alias or name, getattr(value, name)
    elif isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, tuple):
        yield from enumerate(value)
