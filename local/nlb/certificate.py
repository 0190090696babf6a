"""The certificate of a TLS listener."""

import ssl
from collections.abc import Sequence

from moto.acm.models import acm_backends

from local.nlb.tls import load
from local.providers.aws.session import Session


def context(session: Session, arn: str, alpn: Sequence[str]) -> ssl.SSLContext:
    """For a listener with this certificate of Certificate Manager. Raises KeyError when there is none.

    TLS 1.2 and 1.3, as every policy that names them both.
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
