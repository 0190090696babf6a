"""Certificates as PEM texts, and what a workload shows of them."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from cryptography import x509

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\s*", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Credential:
    """What a workload shows: ``chain`` as PEM, leaf first, and its key.

    identity: the SPIFFE name that others expect in it. told: when it came to be, for a person.
    """

    identity: str
    chain: str = field(repr=False)
    key: str = field(repr=False)
    told: str

    @cached_property
    def signer(self) -> str:
        """Return the names of the intermediate that signed it, and of the root above, as the chain has them."""
        own, above = x509.load_pem_x509_certificates(self.chain.encode())[:2]
        assert own.issuer == above.subject, (own.issuer, above.subject)
        return f"{_name(own.issuer)} below {_name(above.issuer)}"


def certificates(pem: str) -> list[str]:
    """Return each block of a PEM text, without the text around it."""
    return [each.strip() for each in _BLOCK.findall(pem)]


def _name(name: x509.Name) -> str:
    [found] = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found.value)
