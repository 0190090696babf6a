"""Machines, started by these tests themselves: outside of one, or inside of one."""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable

import pytest

from tests.support.mesh.machines import MACHINE, ROOT, SECONDS, Start, done, output, start

__all__ = ["start"]

# Says which signals reach it, and ends a second after the first.
LISTENER = """
import os, signal, sys, time
heard = []
def hear(number, frame):
    heard.append(number)
    os.write(1, signal.Signals(number).name.encode() + b"\\n")
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, hear)
os.write(1, b"ready\\n")
while not heard:
    time.sleep(0.02)
end = time.monotonic() + 1
while time.monotonic() < end:
    time.sleep(0.02)
sys.exit(5)
"""

# The address and the file that another one has, too; asked for what is there when both are up.
TWIN = """
import os, pathlib, socket, subprocess, sys
subprocess.run(["ip", "address", "add", "10.244.0.1/32", "dev", "lo"], check=True)
server = socket.create_server(("10.244.0.1", 6443))
file = pathlib.Path(os.environ["TMPDIR"], "same")
file.write_text(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
with socket.create_connection(("10.244.0.1", 6443), 5) as client:
    server.accept()[0].sendall(sys.argv[1].encode())
    print(client.recv(100).decode(), file.read_text(), *[each.name for each in file.parent.iterdir()])
"""

# Sends back what it was sent, in capitals, when the visitor has said all.
ECHO = """
import socket, subprocess, threading
from local.machine import relay
subprocess.run(["ip", "address", "add", "198.51.100.1/32", "dev", "lo"], check=True)
server = socket.create_server(("198.51.100.1", 80))
print(relay.Way().open_to("198.51.100.1", 80), flush=True)
def answer(visitor):
    said = b"".join(iter(lambda: visitor.recv(65536), b""))
    visitor.sendall(said.upper())
    visitor.close()
while True:
    threading.Thread(target=answer, args=server.accept()[:1]).start()
"""


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["true"], 0),
        (["sh", "-c", "exit 3"], 3),
        (["sh", "-c", "kill -TERM $$"], 128 + signal.SIGTERM),
        (["no-such-command"], 127),
        (["/etc/passwd"], 126),
    ],
)
def test_the_exit_status_is_that_of_the_command(command: list[str], status: int) -> None:
    assert done(*command).returncode == status


def test_inside_is_a_place_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://192.0.2.1")
    script = """
import json, os, pathlib, socket
from local.machine import machine
read = lambda name: pathlib.Path("/proc/sys/net/ipv4", name).read_text().strip()
print(json.dumps({
    "inside": machine.inside(), "links": [name for _, name in socket.if_nameindex()],
    "processes": sum(each.name.isdigit() for each in pathlib.Path("/proc").iterdir()),
    "temporary": pathlib.Path(os.environ["TMPDIR"]).is_relative_to(machine.scratch()), "cwd": os.getcwd(),
    "forward": read("ip_forward"), "filter": [read("conf/all/rp_filter"), read("conf/default/rp_filter")],
    "proxies": [name for name in os.environ if name.lower().endswith("_proxy")], "user": os.getuid(),
}))
"""
    assert json.loads(done(sys.executable, "-c", script).stdout) == {
        "inside": True,
        "links": ["lo"],
        "processes": 2,
        "temporary": True,
        "cwd": str(ROOT),
        "forward": "1",
        "filter": ["0", "0"],
        "proxies": [],
        "user": 0,
    }


def test_standard_input_reaches_the_command(start: Start) -> None:
    said, _ = start("cat").communicate("a line\n", SECONDS)
    assert said == "a line\n"


def test_orphans_are_buried() -> None:
    script = "(true & true & sleep 0.1 &) ; sleep 0.5; cat /proc/[0-9]*/stat | grep -c ' Z '"
    assert done("sh", "-c", script).stdout == "0\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("send", [os.killpg, os.kill])
def test_a_signal_reaches_the_command_once(
    start: Start, number: signal.Signals, send: Callable[[int, int], None]
) -> None:
    process = start(sys.executable, "-c", LISTENER)
    assert output(process).readline() == "ready\n"
    send(process.pid, number)
    said, _ = process.communicate(timeout=SECONDS)
    assert (said.split(), process.returncode) == ([number.name], 5)


def test_two_side_by_side_do_not_meet(start: Start) -> None:
    twins = {name: start(sys.executable, "-c", TWIN, name) for name in ("one", "other")}
    assert [output(each).readline() for each in twins.values()] == ["ready\n"] * 2
    answers = {name: each.communicate("\n", SECONDS)[0].split() for name, each in twins.items()}
    assert answers == {name: [name, name, "same"] for name in twins}


def test_a_machine_in_a_machine() -> None:
    nested = [*MACHINE, "--", "sh", "-c", "echo $TMPDIR $0; exit 4"]
    both = done("sh", "-c", 'echo $TMPDIR; "$@"', "outer", *nested)
    outer, inner = both.stdout.splitlines()
    assert both.returncode == 4
    assert outer != inner


def test_a_network_for_a_process_of_the_machine() -> None:
    script = """
import pathlib, subprocess
from local.machine import machine
subprocess.run(["ip", "address", "add", "10.244.0.1/32", "dev", "lo"], check=True)
machine.fresh_network()
print(pathlib.Path("/proc/sys/net/ipv4/ip_forward").read_text().strip())
print(subprocess.run(["ip", "-4", "-brief", "address"], capture_output=True, text=True).stdout.split())
"""
    assert done(sys.executable, "-c", script).stdout.splitlines() == ["1", "['lo', 'UNKNOWN', '127.0.0.1/8']"]


def test_the_loopback_of_the_computer_reaches_a_server_inside(start: Start) -> None:
    process = start(sys.executable, "-c", ECHO, ports=(0,))
    port = int(output(process).readline())
    many = b"much more than fits into one packet " * 50_000
    assert [_shout(port, text) for text in (b"hello", many)] == [b"HELLO", many.upper()]


def _shout(port: int, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), SECONDS) as visitor:
        visitor.sendall(text)
        visitor.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: visitor.recv(65536), b""))


def test_a_port_in_use_is_replaced_by_a_free_one(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        process = start(sys.executable, "-c", ECHO, ports=(wanted,))
        port = int(output(process).readline())
        assert port != wanted
        assert _shout(port, b"hello") == b"HELLO"


def test_the_port_that_is_asked_for_is_used_again(start: Start) -> None:
    first = start(sys.executable, "-c", ECHO, ports=(0,))
    port = int(output(first).readline())
    # Ended by the side that listens, a connection keeps its port for a minute unless it is told otherwise.
    with socket.create_connection(("127.0.0.1", port)):
        assert _shout(port, b"hello") == b"HELLO"
        first.terminate()
        first.wait(SECONDS)
    assert int(output(start(sys.executable, "-c", ECHO, ports=(port,))).readline()) == port
