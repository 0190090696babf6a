"""Placeholders: example values that only the owner of the AWS account can replace."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from pydantic import BaseModel

from ..settings import Settings, validation
from ..settings.problems import Problem

ACCOUNT = "111122223333"
# Reserved for documentation (RFC 5737).
DOCUMENTATION_RANGES = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
# Reserved for documentation with all subdomains (RFC 2606).
DOCUMENTATION_HOST = re.compile(r"(^|[./*@])example\.(com|net|org)($|[:/.])")

Location = tuple[int | str, ...]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of placeholder."""

    found: Callable[[str], bool]
    """Check whether a text contains it."""
    reason: str
    """What is wrong, continuing the line of the key."""
    remedy: str
    """What to write instead, an imperative sentence."""


def _documentation_range(text: str) -> bool:
    try:
        written = IPv4Network(text, strict=False)
    except ValueError:
        return False
    return any(written.subnet_of(documented) for documented in DOCUMENTATION_RANGES)


KINDS = (
    Kind(
        found=lambda text: ACCOUNT in text,
        reason=f"is a placeholder: AWS reserves account {ACCOUNT} for documentation.",
        remedy="Use the number of your account.",
    ),
    Kind(
        found=lambda text: bool(DOCUMENTATION_HOST.search(text)),
        reason="is a placeholder: the domain is reserved for documentation.",
        remedy="Use a host of your domain.",
    ),
    Kind(
        found=_documentation_range,
        reason="is a placeholder: the range is reserved for documentation.",
        remedy="Use the range from which your people and your CI connect.",
    ),
)


def placeholders(settings: Settings, account_ids: Sequence[str] = ()) -> list[Problem]:
    """Return every placeholder in the settings as a problem.

    Args:
        settings: the stack's settings.
        account_ids: accounts of ``aws:allowedAccountIds``.
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
    """Yield every text of the settings with its location; no default is a placeholder."""
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
