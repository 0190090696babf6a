"""The client of the API server, against answers as the API server gives them."""

import itertools
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from local.control_plane import control_plane
from local.control_plane.api import Api
from local.control_plane.api_connection import Connection
from local.control_plane.api_errors import ApiRefusedError, ApiUnreachableError
from local.control_plane.api_watch import Watch
from local.machine import machine
from local.processes import poll

Manifest = dict[str, Any]
KINDS = {"resources": [{"name": "configmaps", "kind": "ConfigMap", "namespaced": True}, {"name": "configmaps/x"}]}
TOO_OLD = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}


def thing(name: str, version: int) -> Manifest:
    return {"metadata": {"name": name, "namespace": "default", "resourceVersion": str(version)}}


class Server(ThreadingHTTPServer):
    """Answers with what was put in: lists and streams one after the other, the last stream stays open."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lists: list[list[Manifest]] = []
        self.streams: list[list[Manifest]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.headers: list[tuple[str, str]] = []
        self.over = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.server.asked.append((url.path, query))
        self.server.headers = list(self.headers.items())
        if url.path == "/api/v1":
            self._answer(200, KINDS)
        elif "watch" in query:
            self._stream()
        elif self.server.lists:
            items = self.server.lists.pop(0)
            self._answer(200, {"metadata": {"resourceVersion": "100"}, "items": items})
        else:
            self._answer(403, {"kind": "Status", "code": 403, "reason": "Forbidden", "message": "not you"})

    def _answer(self, status: int, body: Manifest) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self) -> None:
        self.send_response(200)
        self.end_headers()
        for event in self.server.streams.pop(0) if self.server.streams else []:
            self.wfile.write(json.dumps(event).encode() + b"\n")
        if not self.server.streams:
            self.server.over.wait(10)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def api(server: Server) -> Api:
    return Api(Connection(f"http://127.0.0.1:{server.server_port}", urllib3.PoolManager(retries=False)))


def taken(watch: Watch, number: int) -> list[tuple[str, str]]:
    """The first events, with the thing's name; fewer when the rest does not come."""
    limit = threading.Timer(5, watch.stop)
    limit.start()
    found = [(type_, each["metadata"]["name"]) for type_, each in itertools.islice(watch, number)]
    limit.cancel()
    return found


def changed(type_: str, name: str, version: int) -> Manifest:
    return {"type": type_, "object": thing(name, version)}


def test_a_watch_goes_on_where_a_stream_broke(server: Server, api: Api) -> None:
    server.lists = [[thing("a", 1)]]
    bookmark = {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "150"}}}
    server.streams = [[changed("ADDED", "b", 101), bookmark], [changed("DELETED", "a", 151)]]
    assert taken(api.watch("v1", "ConfigMap"), 3) == [("ADDED", "a"), ("ADDED", "b"), ("DELETED", "a")]
    assert [query["resourceVersion"] for _, query in server.asked if "watch" in query] == ["100", "150"]


@pytest.mark.parametrize("expired", [{"type": "ERROR", "object": TOO_OLD}])
def test_after_a_gap_everything_is_read_again(server: Server, api: Api, expired: Manifest) -> None:
    server.lists = [[thing("stays", 1), thing("goes", 2)], [thing("stays", 1), thing("came", 103)]]
    server.streams = [[expired], []]
    events = taken(api.watch("v1", "ConfigMap"), 5)
    assert events[:2] == [("ADDED", "stays"), ("ADDED", "goes")]
    assert events[2:] == [("DELETED", "goes"), ("ADDED", "stays"), ("ADDED", "came")]


def test_objects_of_lists_say_what_they_are(server: Server, api: Api) -> None:
    server.lists = [[thing("a", 1)], [thing("a", 1)]]
    _, first = next(iter(api.watch("v1", "ConfigMap")))
    assert {(each["apiVersion"], each["kind"]) for each in [first, *api.list("v1", "ConfigMap")]} == {
        ("v1", "ConfigMap")
    }


def test_a_watch_that_waits_can_be_stopped(server: Server, api: Api) -> None:
    server.lists = [[]]
    watch = api.watch("v1", "ConfigMap")
    thread = threading.Thread(target=lambda: list(watch))
    thread.start()
    assert watch.synced.wait(5)
    assert poll(lambda: any("watch" in query for _, query in server.asked), within=5, every=0.01)
    watch.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_paths_name_namespace_and_object(server: Server, api: Api) -> None:
    server.lists = [[]] * 3
    api.get("v1", "ConfigMap", "a", "here")
    api.get("v1", "ConfigMap", "a")
    api.list("v1", "ConfigMap", labels="a=b")
    assert server.asked[1:] == [
        ("/api/v1/namespaces/here/configmaps/a", {}),
        ("/api/v1/namespaces/default/configmaps/a", {}),
        ("/api/v1/configmaps", {"labelSelector": "a=b"}),
    ]


def test_another_user_is_named_with_all_groups(server: Server, api: Api) -> None:
    server.lists = [[]]
    api.as_user("jane", ["a", "b"]).list("v1", "ConfigMap")
    named = {(key.lower(), value) for key, value in server.headers if key.lower().startswith("impersonate")}
    assert named == {("impersonate-user", "jane"), ("impersonate-group", "a"), ("impersonate-group", "b")}


def test_a_refusal_is_the_servers_own(api: Api) -> None:
    with pytest.raises(ApiRefusedError, match=r"^not you$") as refusal:
        api.list("v1", "ConfigMap")
    assert (refusal.value.code, refusal.value.reason) == (403, "Forbidden")


def test_nobody_there_is_an_error_of_the_network() -> None:
    with pytest.raises(ApiUnreachableError):
        Api(Connection("http://127.0.0.1:1", urllib3.PoolManager(retries=False))).request("GET", "/readyz")


@pytest.mark.skipif(machine.inside(), reason="this is a machine")
def test_a_control_plane_keeps_out_of_the_computers_own_network(tmp_path: Any) -> None:
    with pytest.raises(RuntimeError, match=r"local\.machine"), control_plane.running(tmp_path):
        pass
