"""What only the owner of an AWS account can know, and nobody has written yet."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from pydantic import BaseModel

from ..settings import Settings, validation
from ..settings.problems import Problem

ACCOUNT = "111122223333"
# Reserved for documentation (RFC 5737), so nobody's.
DOCUMENTATION_RANGES = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
# Reserved for documentation (RFC 2606), with everything below.
DOCUMENTATION_HOST = re.compile(r"(^|[./*@])example\.(com|net|org)($|[:/.])")

Location = tuple[int | str, ...]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of placeholder."""

    found: Callable[[str], bool]
    reason: str
    remedy: str


def _documentation_range(text: str) -> bool:
    try:
        written = IPv4Network(text, strict=False)
    except ValueError:
        return False
    return any(written.subnet_of(documented) for documented in DOCUMENTATION_RANGES)


KINDS = (
    Kind(
        found=lambda text: ACCOUNT in text,
        reason=f"is a placeholder: account {ACCOUNT} is nobody's.",
        remedy="Write it with your account's number.",
    ),
    Kind(
        found=lambda text: bool(DOCUMENTATION_HOST.search(text)),
        reason="is a placeholder: the domain is reserved for documentation.",
        remedy="Write a host of your domain.",
    ),
    Kind(
        found=_documentation_range,
        reason="is a placeholder: the range is reserved for documentation.",
        remedy="Write the range that your people and your CI come from.",
    ),
)


def placeholders(settings: Settings, account_ids: Sequence[str] = ()) -> list[Problem]:
    """Every placeholder with its key and what to write.

    account_ids: content of ``aws:allowedAccountIds``.
    """
    listed = [*_texts((), settings), *((("aws:allowedAccountIds", i), text) for i, text in enumerate(account_ids))]
    return [
        Problem(key=_key(location), value=text, reason=kind.reason, remedy=kind.remedy)
        for location, text in listed
        for kind in KINDS
        if kind.found(text)
    ]


def _key(location: Location) -> str:
    if location[0] == "aws:allowedAccountIds":
        return f"{location[0]}{validation.path(location[1:])}"
    return validation.path(location)


def _texts(location: Location, value: object) -> Iterator[tuple[Location, str]]:
    """Every text of the settings, with where it stands; a default is no placeholder."""
    if isinstance(value, str):
        yield location, value
    for key, item in _items(value):
        yield from _texts((*location, key), item)


def _items(value: object) -> Iterator[tuple[int | str, object]]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield field.alias or name, getattr(value, name)
    elif isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, tuple | list):
        yield from enumerate(value)
