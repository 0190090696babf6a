"""Watching one kind of object without missing anything, over restarts of the API server."""

import json
import threading
from collections.abc import Callable, Generator, Iterator, Mapping

import urllib3

from local.control_plane.api_connection import Connection, Manifest, Query
from local.control_plane.api_errors import BROKEN, GONE, ApiRefusedError, ApiUnreachableError, refused

Event = tuple[str, Manifest]
Key = tuple[str, str]

# Before asking an API server again that did not answer.
PAUSE = 0.2
# The API server ends each stream after so many seconds; it sends a bookmark each minute.
STREAM_SECONDS, SILENCE = 600, 150.0


class Watch:
    """Iterate over ("ADDED" | "MODIFIED" | "DELETED", object), from those that are there on, until ``stop``.

    After a gap too long for the API server's memory everything is read again: objects that are there come as ADDED
    once more, those that went meanwhile as DELETED in their last known state.
    synced: set once everything that was there at the start was handed out.
    """

    def __init__(self, connection: Connection, path: Callable[[], str], selectors: Mapping[str, str], kind: Manifest):
        """Prepare a watch.

        path: of the collection; the server may refuse it while the collection does not exist. kind: the apiVersion and
        kind that objects in a list lack.
        """
        self.synced = threading.Event()
        self._connection = connection
        self._path, self._selectors, self._kind = path, selectors, kind
        self._stopped = threading.Event()
        self._open: urllib3.BaseHTTPResponse | None = None
        self._last: dict[Key, Manifest] = {}
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Stop the iteration, from any thread, even while it waits."""
        self._stopped.set()
        with self._lock:
            if self._open is not None:
                _shut(self._open)

    def __iter__(self) -> Iterator[Event]:
        while not self._stopped.is_set():
            try:
                version = yield from self._everything()
                self.synced.set()
                yield from self._changes(version)
            except (ApiUnreachableError, ApiRefusedError):
                # Also refused: an API server that is starting knows no roles yet.
                self._stopped.wait(PAUSE)

    def _everything(self) -> Generator[Event, None, str]:
        answer = self._connection.request("GET", self._path(), self._selectors)
        now = {_key(each): self._kind | each for each in answer.get("items") or ()}
        gone = [each for key, each in self._last.items() if key not in now]
        self._last = now
        yield from (("DELETED", each) for each in gone)
        yield from (("ADDED", each) for each in list(now.values()))
        return str(answer["metadata"]["resourceVersion"])

    def _changes(self, version: str) -> Iterator[Event]:
        """Yield the changes after this version, one stream after another; end when the version is too old."""
        while not self._stopped.is_set():
            try:
                for type_, each in self._stream(version):
                    version = each["metadata"]["resourceVersion"]
                    if type_ != "BOOKMARK":
                        self._note(type_, each)
                        yield type_, each
            except ApiUnreachableError:
                self._stopped.wait(PAUSE)
            except ApiRefusedError as error:
                if error.code == GONE:
                    return
                self._stopped.wait(PAUSE)

    def _stream(self, version: str) -> Iterator[Event]:
        query: Query = {
            **self._selectors,
            "watch": True,
            "allowWatchBookmarks": True,
            "timeoutSeconds": STREAM_SECONDS,
            "resourceVersion": version,
        }
        response = self._connection.stream(self._path(), query, SILENCE)
        with self._lock:
            self._open = response
        try:
            yield from self._events(response)
        finally:
            with self._lock:
                self._open = None
            response.close()

    def _events(self, response: urllib3.BaseHTTPResponse) -> Iterator[Event]:
        for line in self._lines(response):
            event = json.loads(line)
            if event["type"] == "ERROR":
                raise refused(response.status, event["object"])
            yield event["type"], event["object"]

    def _lines(self, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        rest = b""
        # Stopped before the stream was known: nobody else ends it.
        while not self._stopped.is_set():
            try:
                part = response.read1()
            except BROKEN as error:
                raise ApiUnreachableError(str(error)) from None
            except (AttributeError, ValueError):
                # A socket that another thread has just closed.
                if not self._stopped.is_set():
                    raise
                return
            if not part:
                return
            *whole, rest = (rest + part).split(b"\n")
            yield from whole

    def _note(self, type_: str, each: Manifest) -> None:
        if type_ == "DELETED":
            self._last.pop(_key(each), None)
        else:
            self._last[_key(each)] = each


def _shut(response: urllib3.BaseHTTPResponse) -> None:
    try:
        response.shutdown()
    except (*BROKEN, AttributeError, ValueError):
        response.close()


def _key(manifest: Manifest) -> Key:
    metadata = manifest["metadata"]
    return metadata.get("namespace", ""), metadata["name"]
