"""The certificate of a TLS listener."""

import ssl
from collections.abc import Sequence

from moto.acm.models import acm_backends

from local.nlb.tls import load
from local.providers.aws.session import Session


def context(session: Session, arn: str, alpn: Sequence[str]) -> ssl.SSLContext:
    """Return the TLS context of a listener with this ACM certificate. Raises KeyError when it does not exist.

    TLS 1.2 and 1.3, as in every policy that names both.
    """
    with session.lock:
        # No API hands out the key: that is between Certificate Manager and the balancer.
        bundle = acm_backends[session.account][session.region]._certificates[arn]  # noqa: SLF001 - see above
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if alpn:
        made.set_alpn_protocols(list(alpn))
    load(made, bundle.cert + (bundle.chain or b""), bundle.key)
    return made
