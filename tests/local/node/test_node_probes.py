"""How containers are asked."""

import subprocess
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.node import probes
from local.node.environment import UnsupportedError
from local.node.probes import EAGER, Asked, Schedule, UnhealthyError

GOOD, BAD = True, False


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        code = 200 if self.headers.get("X-Who") == "me" or self.path == "/fine" else 503
        self.send_response(301 if self.path == "/moved" else code)
        self.end_headers()
        self.wfile.write(b"because")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def shell(argv: Sequence[str], timeout: float) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(argv, capture_output=True, text=True, timeout=timeout, check=False)


def ask(probe: dict[str, Any], port: int = 1) -> None:
    container = {"name": "web", "ports": [{"name": "http", "containerPort": port}]}
    probes.ask(probe, Asked(container=container, address="127.0.0.1", run=shell))


@pytest.mark.parametrize(
    "request_",
    [
        {"path": "/fine"},
        {"path": "/moved"},
        {"httpHeaders": [{"name": "X-Who", "value": "me"}]},
        {"path": "/fine", "host": "127.0.0.1"},
    ],
)
def test_a_good_answer(request_: dict[str, Any], port: int) -> None:
    ask({"httpGet": {"port": port, **request_}})
    ask({"httpGet": {"port": "http", **request_}}, port)


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        ({"httpGet": {"path": "/", "port": "http"}}, "503 because"),
        ({"httpGet": {"path": "/fine", "port": "none"}}, "no port named none"),
        ({"httpGet": {"path": "/fine", "port": "http", "scheme": "HTTPS"}}, "SSL"),
        ({"httpGet": {"path": "/fine", "port": 1}}, "refused"),
        ({"tcpSocket": {"port": 1}}, "refused"),
        ({"exec": {"command": ["sh", "-c", "echo no; exit 3"]}}, "no"),
        ({"exec": {"command": ["sleep", "5"]}, "timeoutSeconds": 0.1}, "timed out"),
    ],
)
def test_a_bad_answer_says_what_is_wrong(probe: dict[str, Any], said: str, port: int) -> None:
    with pytest.raises(UnhealthyError, match=said):
        ask(probe, port)


def test_other_good_answers(port: int) -> None:
    ask({"tcpSocket": {"port": "http"}}, port)
    ask({"exec": {"command": ["true"]}})


def test_what_is_not_played_is_said() -> None:
    with pytest.raises(UnsupportedError, match="grpc"):
        ask({"grpc": {"port": 1}})


def heard(answers: Sequence[bool], successes: int, failures: int) -> list[bool]:
    """Results that come of answers in a row."""
    left, results, stopped = list(answers), [], threading.Event()

    def answer() -> None:
        good = left.pop(0)
        if not left:
            # The last answer still counts.
            threading.Timer(0.05, stopped.set).start()
        if not good:
            raise UnhealthyError("no")

    def hear(well: bool, text: str) -> bool:
        results.append(well)
        return bool(left)

    schedule = Schedule(delay=0, period=0, at_first=0, successes=successes, failures=failures)
    probes.watch(answer, schedule, stopped, hear) if len(answers) > 0 else None
    return results


@pytest.mark.parametrize(
    ("answers", "successes", "failures", "results"),
    [
        ([GOOD], 1, 3, [GOOD]),
        ([BAD, BAD, GOOD], 1, 3, [GOOD]),
        ([BAD, BAD, BAD, GOOD], 1, 3, [BAD, GOOD]),
        ([GOOD, BAD, BAD, GOOD], 1, 3, [GOOD, GOOD]),
        ([GOOD, BAD, GOOD, GOOD], 2, 1, [BAD, GOOD]),
    ],
)
def test_so_many_in_a_row_count(answers: list[bool], successes: int, failures: int, results: list[bool]) -> None:
    assert heard(answers, successes, failures) == results


def test_nobody_is_asked_before_the_delay_or_after_the_end() -> None:
    stopped = threading.Event()
    threading.Timer(0.05, stopped.set).start()
    schedule = Schedule(delay=60, period=0, at_first=0, successes=1, failures=1)
    probes.watch(lambda: pytest.fail("asked"), schedule, stopped, lambda well, text: pytest.fail("heard"))


def test_whoever_may_become_ready_is_asked_often_at_first() -> None:
    probe = {"periodSeconds": 15}
    assert Schedule.of(probe, eager=True).at_first == EAGER
    assert Schedule.of(probe).at_first == Schedule.of(probe, eager=True).period == 15
    assert Schedule.of({}) == Schedule(delay=0, period=10, at_first=10, successes=1, failures=3)
