"""Throw-away keys and certificates, made when the tests run."""

import datetime
from functools import cache
from typing import Any

from local.providers import certificates


@cache
def _pair() -> tuple[str, str]:
    return certificates.throw_away("test", datetime.datetime.now(datetime.UTC))


def outputs(type_: str) -> dict[str, Any]:
    """What the tls provider would put out for a type: one key and one certificate stand for all."""
    key, certificate = _pair()
    if type_.endswith(":PrivateKey"):
        return {"privateKeyPem": key, "privateKeyPemPkcs8": key, "publicKeyPem": "public"}
    if type_.endswith(":CertRequest"):
        return {"certRequestPem": "request"}
    return {
        "certPem": certificate,
        "validityStartTime": "2026-11-22T00:00:00Z",
        "validityEndTime": "2036-11-19T00:00:00Z",
    }


def private_key_pem() -> str:
    """The key that every stand-in key resource has."""
    return _pair()[0]
