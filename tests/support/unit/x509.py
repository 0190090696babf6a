"""Throw-away keys and certificates, made when the tests run."""

import datetime
from typing import Any

from local.providers.tls import certificates, keys
from tests.support.days import NOON

LASTS = datetime.timedelta(days=3650)


def _pair() -> tuple[str, str]:
    """An authority that signed itself, so that the one certificate is below itself."""
    key = str(keys.private_key({"algorithm": "ECDSA", "ecdsaCurve": "P256"})["privateKeyPem"])
    asked = {
        "privateKeyPem": key,
        "subject": {"commonName": "test"},
        "isCaCertificate": True,
        "setSubjectKeyId": True,
        "setAuthorityKeyId": True,
        "allowedUses": ["cert_signing"],
        "validityPeriodHours": LASTS // datetime.timedelta(hours=1),
    }
    return key, str(certificates.self_signed(asked, NOON)["certPem"])


# Not made on demand: several threads would each have their own.
_KEY, _CERTIFICATE = _pair()


def outputs(type_: str) -> dict[str, Any]:
    """What the tls provider would put out for a type: one key and one certificate stand for all."""
    if type_.endswith(":PrivateKey"):
        return {"privateKeyPem": _KEY, "privateKeyPemPkcs8": _KEY, "publicKeyPem": "public"}
    if type_.endswith(":CertRequest"):
        return {"certRequestPem": "request"}
    return {
        "certPem": _CERTIFICATE,
        "validityStartTime": NOON.isoformat(),
        "validityEndTime": (NOON + LASTS).isoformat(),
    }


def private_key_pem() -> str:
    """The key that every stand-in key resource has."""
    return _KEY
