"""Asking a container whether it has started, lives, and is ready: from the node, as the kubelet does."""

import http.client
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.node.environment import UnsupportedError

Manifest = Mapping[str, Any]
Run = Callable[[Sequence[str], float], "subprocess.CompletedProcess[str]"]

AGENT = "kube-probe/1.36"
# Of an answer that nobody asked more of.
FINE = range(200, 400)
SAID = 256
# Seconds between questions whether a container is ready for the first time. The kubelet keeps to the probe's period:
# a gateway whose chart says 15 s would be waited for as long, for nothing that is of interest here.
EAGER = 1.0


class UnhealthyError(Exception):
    """A probe, or a hook of the same form, was answered in another way than it should; the text says how."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Where a container is asked. run: a command in it, with the seconds that it may take."""

    container: Manifest
    address: str
    run: Run


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a probe is asked, in seconds, and how many answers of a kind in a row count.

    at_first: the period until a good answer has come.
    """

    delay: float
    period: float
    at_first: float
    successes: int
    failures: int

    @classmethod
    def of(cls, probe: Manifest, *, eager: bool = False) -> "Schedule":
        """Return the schedule, with the API server's defaults for unset fields.

        ``eager`` probes often at first, which harms no container.
        """
        period = probe.get("periodSeconds", 10)
        return cls(
            delay=probe.get("initialDelaySeconds", 0),
            period=period,
            at_first=min(period, EAGER) if eager else period,
            successes=probe.get("successThreshold", 1),
            failures=probe.get("failureThreshold", 3),
        )


def ask(probe: Manifest, asked: Asked) -> None:
    """Run the probe once.

    Raises UnhealthyError, and UnsupportedError for a kind that is none of httpGet, tcpSocket and exec.
    """
    seconds = float(probe.get("timeoutSeconds", 1))
    try:
        if "httpGet" in probe:
            _http_get(probe["httpGet"], asked, seconds)
        elif "tcpSocket" in probe:
            host = probe["tcpSocket"].get("host") or asked.address
            socket.create_connection((host, port(probe["tcpSocket"]["port"], asked.container)), seconds).close()
        elif "exec" in probe:
            _exec(probe["exec"]["command"], asked, seconds)
        else:
            raise UnsupportedError(f"a probe by {', '.join(set(probe) & {'grpc'}) or 'nothing'}")
    except (OSError, http.client.HTTPException) as error:
        raise UnhealthyError(str(error) or type(error).__name__) from None


def watch(
    ask: Callable[[], None], schedule: Schedule, stopped: threading.Event, heard: Callable[[bool, str], bool]
) -> None:
    """Run the probe repeatedly until stopped, or until ``heard`` returns that it is enough.

    ``heard`` gets every answer that comes after enough of its kind in a row, and says whether to go on.
    """
    row, before, pause = 0, False, schedule.at_first
    more = not stopped.wait(schedule.delay)
    while more:
        text = _answer(ask)
        well = not text
        row = row + 1 if well == before else 1
        before = well
        pause = schedule.period if well else pause
        counts = row >= (schedule.successes if well else schedule.failures)
        more = not stopped.is_set() and (not counts or heard(well, text)) and not stopped.wait(pause)


def _answer(ask: Callable[[], None]) -> str:
    """Run the probe, and return its failure; empty for a success."""
    try:
        ask()
    except (UnhealthyError, UnsupportedError) as error:
        return str(error) or "no"
    return ""


def port(given: int | str, container: Manifest) -> int:
    """Return a port by number or by the container's name for it. Raises UnhealthyError for an unknown name."""
    if str(given).isdigit():
        return int(given)
    named = [each["containerPort"] for each in container.get("ports") or [] if each.get("name") == given]
    if not named:
        raise UnhealthyError(f"container {container['name']} has no port named {given}")
    return int(named[0])


def _http_get(request: Manifest, asked: Asked, seconds: float) -> None:
    host = request.get("host") or asked.address
    number = port(request["port"], asked.container)
    headers = {"User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
    headers |= {each["name"]: each["value"] for each in request.get("httpHeaders") or []}
    connection = _connection(request.get("scheme", "HTTP"), host, number, seconds)
    try:
        connection.request("GET", request.get("path") or "/", headers=headers)
        answer = connection.getresponse()
        if answer.status not in FINE:
            said = answer.read(SAID).decode(errors="replace").strip()
            raise UnhealthyError(f"HTTP probe failed with statuscode: {answer.status} {said}".strip())
    finally:
        connection.close()


def _connection(scheme: str, host: str, number: int, seconds: float) -> http.client.HTTPConnection:
    if scheme == "HTTP":
        return http.client.HTTPConnection(host, number, timeout=seconds)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Nobody has given the kubelet an authority to check with.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, number, timeout=seconds, context=context)


def _exec(command: Sequence[str], asked: Asked, seconds: float) -> None:
    try:
        done = asked.run(command, seconds)
    except subprocess.TimeoutExpired:
        raise UnhealthyError(f"command timed out after {seconds:.0f} s: {' '.join(command)}") from None
    if done.returncode:
        raise UnhealthyError((done.stdout + done.stderr).strip()[-SAID:] or f"exit status {done.returncode}")
