"""Certificates that exist, as opposed to those that the settings ask for.

A certificate starts with the ``up`` that creates it, which may be long after the day in the settings.
"""

import contextlib
import datetime
import re
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .authority import Authority, TrustPlan
from .bundle import fingerprint

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\s*", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate of an authority."""

    name: str
    """Common name of the subject."""
    issuer: str
    """Common name of the issuer."""
    fingerprint: str
    """SHA-256 fingerprint (``trust.fingerprint``)."""
    starts: datetime.datetime
    """Start of its validity, in UTC."""
    ends: datetime.datetime
    """Expiry, in UTC."""


# Kind (root, intermediate) and number.
Key = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Made:
    """Certificates that are known to exist."""

    certificates: Mapping[Key, Certificate] = field(default_factory=dict)
    """Certificates by kind (root, intermediate) and number."""
    unseen: frozenset[Key] = frozenset()
    """Generations that exist, but whose certificates could not be read."""
    complete: bool = False
    """Whether no other generation exists; otherwise that is unknown."""

    def exists(self, kind: str, number: int) -> bool | None:
        """Check whether a generation exists; ``None`` if that is unknown."""
        if (kind, number) in self.certificates or (kind, number) in self.unseen:
            return True
        return False if self.complete else None

    @property
    def any(self) -> bool:
        """Whether any certificate is known to exist."""
        return bool(self.certificates or self.unseen)


# Nothing is known.
UNKNOWN = Made()


def blocks(pem: str) -> list[str]:
    """Return each certificate of a PEM text, still as PEM."""
    return _BLOCK.findall(pem)


def parsed(pem: str) -> list[Certificate]:
    """Parse each certificate of a PEM text.

    Raises:
        ValueError: a block is not the certificate of an authority.
    """
    return [_parsed(block) for block in blocks(pem)]


def made(plan: TrustPlan, certificates: Iterable[Certificate]) -> dict[Key, Certificate]:
    """Return the certificates of the listed generations.

    An intermediate has one certificate below each root; the one below the signing root is returned.
    """
    listed = {each.common_name: ("root", each.number) for each in plan.roots}
    listed |= {each.common_name: ("intermediate", each.number) for each in plan.intermediates}
    signer = next(each.common_name for each in plan.roots if each.signs)
    in_use_last = sorted(certificates, key=lambda each: each.issuer == signer)
    return {listed[each.name]: each for each in in_use_last if each.name in listed}


def as_made(plan: TrustPlan, real: Mapping[Key, Certificate]) -> TrustPlan:
    """Return the plan with the real expiry of existing certificates."""

    def ending(kind: str, authorities: Iterable[Authority]) -> tuple[Authority, ...]:
        ends = {number: each.ends.date() for (of, number), each in real.items() if of == kind}
        return tuple(replace(each, ends=ends.get(each.number, each.ends)) for each in authorities)

    return replace(plan, roots=ending("root", plan.roots), intermediates=ending("intermediate", plan.intermediates))


def _parsed(block: str) -> Certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with contextlib.suppress(ssl.SSLError):
        context.load_verify_locations(cadata=block)
    authorities: list[Any] = context.get_ca_certs()
    if len(authorities) != 1:
        raise ValueError("not the certificate of an authority")
    fields = authorities[0]
    return Certificate(
        name=_common_name(fields["subject"]),
        issuer=_common_name(fields["issuer"]),
        fingerprint=fingerprint(block),
        starts=_moment(fields["notBefore"]),
        ends=_moment(fields["notAfter"]),
    )


def _common_name(name: Iterable[Iterable[tuple[str, str]]]) -> str:
    return dict(pair for part in name for pair in part).get("commonName", "")


def _moment(text: Any) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(str(text)), datetime.UTC)
