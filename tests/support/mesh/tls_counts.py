"""What proxies count of their handshakes."""

import re

from local.world import proxies
from local.world.mesh import Mesh

# When a handshake goes wrong.
WRONG = ("connection_error", "fail_verify_error", "fail_verify_no_cert", "fail_verify_san", "fail_verify_cert_hash")
_COUNTED = re.compile(
    r"\.ssl\.(handshake|session_reused|connection_error|fail_verify_\w+|no_certificate): (\d+)$", re.MULTILINE
)


def counted(mesh: Mesh) -> dict[str, int]:
    """Over all proxies: handshakes and what went wrong in them."""
    found: dict[str, int] = {}
    for proxy in proxies.all_of(mesh):
        for kind, count in _COUNTED.findall(proxies.ask(mesh, *proxy, "stats?usedonly&filter=ssl")):
            found[kind] = found.get(kind, 0) + int(count)
    return found
