"""Roots that no mesh knows."""

import datetime

from components import trust
from local.providers.tls import certificates, keys


def unknown(now: datetime.datetime) -> str:
    """Make a root like the program's, valid from ``now``; return its PEM. Its key is discarded."""
    key = keys.private_key({"algorithm": trust.ALGORITHM, "ecdsaCurve": trust.CURVE})["privateKeyPem"]
    asked = {
        "privateKeyPem": key,
        "subject": {"commonName": "Unknown root"},
        "isCaCertificate": True,
        "maxPathLength": trust.ROOT_PATH_LENGTH,
        "setSubjectKeyId": True,
        "setAuthorityKeyId": True,
        "allowedUses": list(trust.USES),
        "validityPeriodHours": trust.hours(trust.ROOT_LIFETIME),
    }
    return str(certificates.self_signed(asked, now)["certPem"])
