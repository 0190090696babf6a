"""Ways into a machine, without one: what leads from a listening socket to an address."""

import os
import socket

import pytest

from local.machine import relay


class Inside:
    """A server that is told when to accept."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]

    def visitor(self) -> socket.socket:
        self.server.settimeout(5)
        accepted = self.server.accept()[0]
        accepted.settimeout(5)
        return accepted


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> relay.Way:
    # As a child gets it: by number.
    descriptor = relay.listen(0).detach()
    monkeypatch.setenv(relay.LISTENERS, str(descriptor))
    return relay.Way()


def test_a_way_leads_both_directions_to_their_end(way: relay.Way) -> None:
    server = Inside()
    with way, socket.create_connection(("127.0.0.1", way.open_to("127.0.0.1", server.port)), 5) as visitor:
        host = server.visitor()
        visitor.sendall(b"ask")
        visitor.shutdown(socket.SHUT_WR)
        assert [host.recv(10), host.recv(10)] == [b"ask", b""]
        host.sendall(b"answer")
        host.close()
        assert [visitor.recv(10), visitor.recv(10)] == [b"answer", b""]


def test_nobody_inside_ends_the_visit(way: relay.Way) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with way, socket.create_connection(("127.0.0.1", way.open_to("127.0.0.1", port)), 5) as visitor:
        assert visitor.recv(10) == b""


def test_a_closed_way_ends_its_visits_and_refuses_others(way: relay.Way) -> None:
    server = Inside()
    with way:
        port = way.open_to("127.0.0.1", server.port)
        visitor = socket.create_connection(("127.0.0.1", port), 5)
        host = server.visitor()
        host.sendall(b"welcome")
        assert visitor.recv(10) == b"welcome"
    assert visitor.recv(10) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)


def test_visitors_beyond_the_limit_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "CONNECTIONS", 1)
    monkeypatch.setenv(relay.LISTENERS, str(relay.listen(0).detach()))
    server = Inside()
    with relay.Way() as way:
        port = way.open_to("127.0.0.1", server.port)
        first, second = (socket.create_connection(("127.0.0.1", port), 5) for _ in range(2))
        server.visitor().close()
        server.server.settimeout(0.3)
        with pytest.raises(TimeoutError):
            server.server.accept()
        first.close()
        server.visitor().close()
        second.close()


def test_each_way_is_taken_once(way: relay.Way) -> None:
    with pytest.raises(relay.NoWayError, match="without a way in"):
        relay.Way()
    way.close()


def test_a_way_that_was_closed_before_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    descriptor = relay.listen(0).detach()
    os.close(descriptor)
    monkeypatch.setenv(relay.LISTENERS, str(descriptor))
    with pytest.raises(relay.NoWayError, match="did not reach this process"):
        relay.Way()


def test_no_child_keeps_the_port(way: relay.Way) -> None:
    assert not way._listener.get_inheritable()
    way.close()


def test_a_taken_port_gives_a_free_one() -> None:
    with relay.listen(0) as taken:
        wanted = taken.getsockname()[1]
        with relay.listen(wanted) as other:
            assert other.getsockname()[1] != wanted
