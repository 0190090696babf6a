"""The tls provider: real keys and real certificates."""

import datetime
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from components.settings import clock
from local.providers.protocol.base import Deed, Failure, Inputs, Outputs, StandIn
from local.providers.protocol.failures import RefusedError
from local.providers.tls import certificates, keys
from ops.diff.tables import replacement
from ops.diff.tables.unknown import UNKNOWN

PRIVATE_KEY = "tls:index/privateKey:PrivateKey"
CERT_REQUEST = "tls:index/certRequest:CertRequest"
SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert"
LOCALLY_SIGNED = "tls:index/locallySignedCert:LocallySignedCert"

REQUIRED = {
    PRIVATE_KEY: ("algorithm",),
    CERT_REQUEST: ("privateKeyPem",),
    SELF_SIGNED: ("privateKeyPem", "allowedUses", "validityPeriodHours"),
    LOCALLY_SIGNED: ("certRequestPem", "caCertPem", "caPrivateKeyPem", "allowedUses", "validityPeriodHours"),
}


class Tls(StandIn):
    """Certificates begin at ``clock()``. Expired ones stay, which is one of two things that may happen.

    The provider itself plans to replace a certificate that has ended, with the key that it had (terraform-provider-tls
    internal/provider/common_cert.go, modifyPlanIfCertificateReadyForRenewal); whether Pulumi's bridge follows such a
    plan is not known here.
    """

    package = "tls"
    rules = replacement.TLS
    secret_outputs: ClassVar[Mapping[str, frozenset[str]]] = {
        PRIVATE_KEY: frozenset({"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"}),
        CERT_REQUEST: frozenset({"privateKeyPem"}),
        SELF_SIGNED: frozenset({"privateKeyPem"}),
        LOCALLY_SIGNED: frozenset({"caPrivateKeyPem"}),
    }

    def __init__(
        self,
        *,
        clock: Callable[[], datetime.datetime] = clock.now,
        deeds: list[Deed] | None = None,
    ) -> None:
        super().__init__(deeds=deeds)
        self._clock = clock

    def check(self, type_: str, inputs: Inputs) -> tuple[Inputs, list[Failure]]:
        """Check required inputs, and what the provider validates before it starts."""
        failures = [
            Failure(property=name, reason=f"Missing required argument: The argument {name} is required")
            for name in REQUIRED.get(type_, ())
            if name not in inputs
        ]
        hours = inputs.get("validityPeriodHours", 0)
        if hours is not UNKNOWN and hours < 0:
            failures.append(Failure(property="validityPeriodHours", reason="must be at least 0"))
        return inputs, failures

    def create(self, type_: str, name: str, inputs: Inputs) -> tuple[str, Outputs]:
        """Create a key, a request or a certificate."""
        made = outputs(type_, inputs, self._clock())
        given = {key: value for key, value in made.items() if key not in inputs and key != "id"}
        return made.get("id") or _fingerprint(made), given


def outputs(type_: str, inputs: Inputs, now: datetime.datetime) -> dict[str, Any]:
    """Return the provider's outputs for a resource made at ``now``; certificates have their serial number as ``id``."""
    match type_:
        case "tls:index/privateKey:PrivateKey":
            return keys.private_key(inputs)
        case "tls:index/certRequest:CertRequest":
            return certificates.request(inputs)
        case "tls:index/selfSignedCert:SelfSignedCert":
            return certificates.self_signed(inputs, now)
        case "tls:index/locallySignedCert:LocallySignedCert":
            return certificates.locally_signed(inputs, now)
    raise RefusedError(f"{type_} is not implemented")


def _fingerprint(made: Outputs) -> str:
    """Return the id of a key or request: a checksum of its public part."""
    public = made.get("publicKeyPem") or made["certRequestPem"]
    return hashlib.sha1(public.encode(), usedforsecurity=False).hexdigest()
