"""The authority that the cluster uses, read through kubectl. No key is read, and nothing is changed.

Port 15012 of an istiod shows what it signs with: when istiod loads new keys, it issues its own certificate with them
(istio pilot/pkg/bootstrap/certcontroller.go, updateRootCertAndGenKeyCert) and serves it with the chain of cacerts.
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

# Port of istiod for its certificate service.
PORT = 15012
# Timeout of a connection or an answer, in seconds.
SECONDS = 10
Address = tuple[str, int]
Reach = Callable[[str], contextlib.AbstractContextManager[Address]]

# X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED: neither shows whose key signed.
_OUT_OF_TIME = (9, 10)
# A template that does not read the private key.
_PUBLIC = "\n".join(f'{{{{index .data "{key}"}}}}' for key in (trust.CA_CERT, trust.CERT_CHAIN, trust.ROOT_CERT))


class UnreadableError(Exception):
    """The cluster cannot be read; the text gives the reason."""


def read(kubectl: Run, reach: Reach, istiods: Sequence[str] = ()) -> live.Live:
    """Read the cluster.

    Args:
        kubectl: Runs ``kubectl`` with further arguments, for this cluster.
        reach: Opens a connection to port 15012 of a pod, or to an address.
        istiods: Addresses to use instead of the pods that kubectl lists.

    Raises:
        UnreadableError: kubectl fails, or Secret or ConfigMap are not valid.
    """
    secret = ["get", "secret", names.CA_SECRET, "-n", names.ISTIO_SYSTEM, "-o", f"go-template={_PUBLIC}"]
    texts = [*_said(kubectl(secret)).splitlines(), "", "", ""]
    own, chain, roots = (_decoded(text) for text in texts[:3])
    pods = istiods or [
        str(pod["metadata"]["name"])
        for pod in _items(kubectl, ["get", "pods", "-n", names.ISTIO_SYSTEM, "-l", "app=istiod"])
        if (pod.get("status") or {}).get("phase") == "Running"
    ]
    distributed = _distributed_roots(kubectl)
    watched = _watched_namespaces(kubectl)
    return live.Live(
        signing=certificates(own)[0],
        chain=tuple(certificates(chain)),
        roots=tuple(certificates(roots)),
        namespaces={name: roots for name, roots in distributed.items() if name in watched},
        left={name: roots for name, roots in distributed.items() if name not in watched},
        istiods={pod: _served(pod, reach, own, roots) for pod in pods},
    )


def certificates(pem: str) -> list[trust.Certificate]:
    """Parse the certificates of a PEM text.

    Raises:
        UnreadableError: A block is not a CA certificate.
    """
    try:
        return trust.parsed(pem)
    except ValueError:
        raise UnreadableError(
            f"{names.CA_SECRET} or {names.ROOT_CONFIG_MAP} contains something other than a CA certificate"
        ) from None


def served(address: Address, signing: str, roots: str) -> live.Served:
    """Return the authority and the root behind an istiod's own certificate, found by handshakes that trust one each.

    Args:
        address: Address of istiod.
        signing: PEM of the authority in the Secret.
        roots: PEM of all trusted roots.
    """
    by = certificates(signing)[0].name if _accepts(address, signing) else None
    ends_at = (certificates(root)[0].name for root in trust.blocks(roots) if _accepts(address, root))
    return live.Served(by=by, root=next(ends_at, None))


def _distributed_roots(kubectl: Run) -> dict[str, frozenset[str]]:
    """Return the fingerprints of the roots in each namespace's ConfigMap."""
    maps = _items(kubectl, ["get", "configmaps", "-A", "--field-selector", f"metadata.name={names.ROOT_CONFIG_MAP}"])
    texts = {str(each["metadata"]["namespace"]): (each.get("data") or {}).get(trust.ROOT_CERT, "") for each in maps}
    return {name: frozenset(one.fingerprint for one in certificates(text)) for name, text in texts.items()}


def _watched_namespaces(kubectl: Run) -> set[str]:
    """Return the namespaces that istiod watches; it does not update the ConfigMap in others."""
    label = f"{names.DISCOVERY_KEY}={names.DISCOVERY_VALUE}"
    return {str(each["metadata"]["name"]) for each in _items(kubectl, ["get", "namespaces", "-l", label])}


def _served(pod: str, reach: Reach, signing: str, roots: str) -> live.Served:
    try:
        with reach(pod) as address:
            return served(address, signing, roots)
    except (OSError, UnreadableError) as error:
        return live.Served(error=str(error))


def _accepts(address: Address, trusted: str) -> bool:
    """Return whether a client that trusts only this certificate, root or intermediate, accepts the server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # The certificate has istiod's name inside the cluster; only its signer matters here.
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=trusted)
    try:
        with socket.create_connection(address, timeout=SECONDS) as connection, context.wrap_socket(connection):
            return True
    except ssl.SSLCertVerificationError as error:
        if error.verify_code in _OUT_OF_TIME:
            raise UnreadableError(f"a {error.verify_message} in the chain that it serves") from None
        return False


def _items(kubectl: Run, arguments: Sequence[str]) -> list[dict[str, Any]]:
    return list(json.loads(_said(kubectl([*arguments, "-o", "json"])))["items"])


def _said(result: Result) -> str:
    if result.code is None:
        raise UnreadableError("kubectl is not installed")
    if not result.ok:
        lines = (result.err or result.out).strip().splitlines()
        raise UnreadableError(f"kubectl: {lines[-1] if lines else f'exit status {result.code}'}")
    return result.out


def _decoded(text: str) -> str:
    if not text or text == "<no value>":
        raise UnreadableError(f"Secret {names.CA_SECRET} lacks a certificate that istiod needs")
    pem = base64.b64decode(text).decode()
    if not trust.blocks(pem):
        raise UnreadableError(f"Secret {names.CA_SECRET} contains something other than a certificate")
    return pem


def kubectl(run: Run, kubeconfig: str) -> Run:
    """Return a runner of ``kubectl`` for one cluster, independent of the current context on this machine."""
    return lambda arguments: run(["kubectl", "--kubeconfig", kubeconfig, "--request-timeout=30s", *arguments])


def forwarding(kubeconfig: str) -> Reach:
    """Return a function that connects to a pod through ``kubectl port-forward``, or directly to ``host:port``."""

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
        raise UnreadableError(line or _line(forward.stderr) or "kubectl port-forward printed nothing")
    return int(said[1])


def _line(stream: IO[str]) -> str:
    """Return the next line, or an empty text after SECONDS without one."""
    ready, _, _ = select.select([stream], [], [], SECONDS)
    return stream.readline().strip() if ready else ""


def failure(error: UnreadableError) -> Failure:
    """Return the failure for the report."""
    return Failure(what=f"The cluster was not read: {error}.", remedy="Make it reachable, then run this again.")
