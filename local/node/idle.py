"""``python idle.py [PORT]``: ready, and nothing else, until told to end.

In place of a container whose work this machine does itself or does not need, and of one that tests run commands in.
"""

import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Suppress the log of probes."""


def main(arguments: list[str]) -> None:
    """Answer every path with 200 on PORT, if it is set."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    if arguments:
        server = ThreadingHTTPServer(("", int(arguments[0])), _Ready)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    over.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
