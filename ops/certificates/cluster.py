"""Reads from the cluster, through kubectl, which authority is really in use. No key is read, and nothing is changed.

What an istiod signs with is seen on its port 15012: whenever it takes new keys it makes its own certificate with them
(istio pilot/pkg/bootstrap/certcontroller.go, updateRootCertAndGenKeyCert), and serves it with the chain of cacerts.
"""

import base64
import contextlib
import json
import re
import select
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

from components import trust
from components.settings import names
from components.trust import live
from ops.running import Failure, Result, Run

PORT = 15012
SECONDS = 10
Address = tuple[str, int]
Reach = Callable[[str], contextlib.AbstractContextManager[Address]]

# X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED: they say nothing about whose key it is.
_OUT_OF_TIME = (9, 10)
# A template that leaves the key where it is.
_PUBLIC = "\n".join(f'{{{{index .data "{key}"}}}}' for key in (trust.CA_CERT, trust.CERT_CHAIN, trust.ROOT_CERT))


class Unreadable(Exception):
    """The cluster does not say; the text is for a person."""


def read(kubectl: Run, reach: Reach, istiods: Sequence[str] = ()) -> live.Live:
    """The cluster as it is now.

    kubectl: runs ``kubectl`` with further arguments, for this cluster.
    reach: opens a way to port 15012 of a pod, or of an address in its place.
    istiods: addresses to ask in place of the pods that kubectl lists.

    Raises Unreadable.
    """
    secret = ["get", "secret", names.CA_SECRET, "-n", names.ISTIO_SYSTEM, "-o", f"go-template={_PUBLIC}"]
    texts = [*_said(kubectl(secret)).splitlines(), "", "", ""]
    own, chain, roots = (_decoded(text) for text in texts[:3])
    pods = istiods or [
        str(pod["metadata"]["name"])
        for pod in _items(kubectl, ["get", "pods", "-n", names.ISTIO_SYSTEM, "-l", "app=istiod"])
        if (pod.get("status") or {}).get("phase") == "Running"
    ]
    told = _told(kubectl)
    seen = _seen(kubectl)
    return live.Live(
        signing=certificates(own)[0],
        chain=tuple(certificates(chain)),
        roots=tuple(certificates(roots)),
        namespaces={name: roots for name, roots in told.items() if name in seen},
        left={name: roots for name, roots in told.items() if name not in seen},
        istiods={pod: _served(pod, reach, own, roots) for pod in pods},
    )


def certificates(pem: str) -> list[trust.Certificate]:
    """Each block of a PEM text. Raises Unreadable for one that is no certificate of an authority."""
    try:
        return trust.parsed(pem)
    except ValueError:
        raise Unreadable(
            f"{names.CA_SECRET} or {names.ROOT_CONFIG_MAP} holds what is no certificate of an authority"
        ) from None


def served(address: Address, signing: str, roots: str) -> live.Served:
    """What is behind an istiod's own certificate: the handshake succeeds below what is trusted, and below nothing else.

    signing: PEM of the authority in the Secret. roots: PEM of all trusted roots.
    """
    by = certificates(signing)[0].name if _accepts(address, signing) else None
    ends_at = (certificates(root)[0].name for root in trust.blocks(roots) if _accepts(address, root))
    return live.Served(by=by, root=next(ends_at, None))


def _told(kubectl: Run) -> dict[str, frozenset[str]]:
    """Fingerprints of the roots that each namespace is told."""
    maps = _items(kubectl, ["get", "configmaps", "-A", "--field-selector", f"metadata.name={names.ROOT_CONFIG_MAP}"])
    texts = {str(each["metadata"]["namespace"]): (each.get("data") or {}).get(trust.ROOT_CERT, "") for each in maps}
    return {name: frozenset(one.fingerprint for one in certificates(text)) for name, text in texts.items()}


def _seen(kubectl: Run) -> set[str]:
    """Namespaces that istiod looks after: in others nobody corrects anything."""
    label = f"{names.DISCOVERY_KEY}={names.DISCOVERY_VALUE}"
    return {str(each["metadata"]["name"]) for each in _items(kubectl, ["get", "namespaces", "-l", label])}


def _served(pod: str, reach: Reach, signing: str, roots: str) -> live.Served:
    try:
        with reach(pod) as address:
            return served(address, signing, roots)
    except (OSError, Unreadable) as error:
        return live.Served(error=str(error))


def _accepts(address: Address, trusted: str) -> bool:
    """Whether a client that trusts this one certificate, of a root or not, accepts the server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # The name is istiod's inside the cluster; who signed it is the question.
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=trusted)
    try:
        with socket.create_connection(address, timeout=SECONDS) as connection, context.wrap_socket(connection):
            return True
    except ssl.SSLCertVerificationError as error:
        if error.verify_code in _OUT_OF_TIME:
            raise Unreadable(f"it shows a chain in which a {error.verify_message}") from None
        return False


def _items(kubectl: Run, arguments: Sequence[str]) -> list[dict[str, Any]]:
    return list(json.loads(_said(kubectl([*arguments, "-o", "json"])))["items"])


def _said(result: Result) -> str:
    if result.code is None:
        raise Unreadable("there is no kubectl on this machine")
    if not result.ok:
        lines = (result.err or result.out).strip().splitlines()
        raise Unreadable(f"kubectl: {lines[-1] if lines else f'exit status {result.code}'}")
    return result.out


def _decoded(text: str) -> str:
    if not text or text == "<no value>":
        raise Unreadable(f"Secret {names.CA_SECRET} does not hold what istiod needs")
    pem = base64.b64decode(text).decode()
    if not trust.blocks(pem):
        raise Unreadable(f"Secret {names.CA_SECRET} holds what is no certificate")
    return pem


def kubectl(run: Run, kubeconfig: str) -> Run:
    """``kubectl`` for one cluster, never for whichever is current on this machine."""
    return lambda arguments: run(["kubectl", "--kubeconfig", kubeconfig, "--request-timeout=30s", *arguments])


def forwarding(kubeconfig: str) -> Reach:
    """A way to a pod through ``kubectl port-forward``; an address ``host:port`` is its own way."""

    @contextlib.contextmanager
    def reach(pod: str) -> Iterator[Address]:
        host, colon, port = pod.rpartition(":")
        if colon:
            yield host, int(port)
            return
        where = ["-n", names.ISTIO_SYSTEM, f"pod/{pod}", f":{PORT}"]
        command = ["kubectl", "--kubeconfig", kubeconfig, "port-forward", *where]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as forward:
            try:
                yield "127.0.0.1", _local_port(forward)
            finally:
                forward.terminate()

    return reach


def _local_port(forward: "subprocess.Popen[str]") -> int:
    assert forward.stdout
    assert forward.stderr
    line = _line(forward.stdout)
    said = re.search(r"127\.0\.0\.1:(\d+) ->", line)
    if said is None:
        raise Unreadable(line or _line(forward.stderr) or "kubectl port-forward says nothing")
    return int(said[1])


def _line(stream: IO[str]) -> str:
    """The next one, or nothing where none comes."""
    ready, _, _ = select.select([stream], [], [], SECONDS)
    return stream.readline().strip() if ready else ""


def failure(error: Unreadable) -> Failure:
    """For the report."""
    return Failure(what=f"The cluster was not read: {error}.", remedy="Reach it, and ask again.")
