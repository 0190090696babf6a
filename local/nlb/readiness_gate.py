"""The controller's webhook, which gives pods behind a binding their readiness gates (its pkg/inject)."""

import base64
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from components.settings import clock, names
from local.nlb.tls import load
from local.providers.tls import certificates

HOST = "localhost"
PATH = "/mutate-v1-pod"
# By namespace and labels of a pod.
Gates = Callable[[str, Mapping[str, str]], list[str]]


class ReadinessGate:
    """Serves on the machine's loopback, where its API server finds it, from ``start`` to ``stop``."""

    def __init__(self, gates: Gates) -> None:
        key, self._certificate = certificates.throw_away(HOST, clock.now())
        self._server = _Server(gates)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        load(context, self._certificate.encode(), key.encode())
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="readiness gate", daemon=True
        )

    def start(self) -> None:
        """Start the webhook."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the webhook."""
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    def configuration(self) -> dict[str, Any]:
        """Return the webhook configuration that registers it with the API server."""
        return {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": "aws-load-balancer-webhook"},
            "webhooks": [
                {
                    "name": "mpod.elbv2.k8s.aws",
                    "clientConfig": {
                        "url": f"https://{HOST}:{self._server.server_port}{PATH}",
                        "caBundle": base64.b64encode(self._certificate.encode()).decode(),
                    },
                    "namespaceSelector": {
                        "matchExpressions": [
                            {"key": names.READINESS_GATE_LABEL, "operator": "In", "values": ["enabled"]}
                        ]
                    },
                    "rules": [
                        {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
                    ],
                    "failurePolicy": "Fail",
                    "sideEffects": "None",
                    "admissionReviewVersions": ["v1"],
                }
            ],
        }


def review(request: Mapping[str, Any], gates: Gates) -> dict[str, Any]:
    """Return the answer to an AdmissionReview's request: a patch where gates are missing."""
    pod, answer = request["object"], {"uid": request["uid"], "allowed": True}
    there = [each["conditionType"] for each in pod["spec"].get("readinessGates") or ()]
    labels = pod["metadata"].get("labels") or {}
    missing = [each for each in gates(request["namespace"], labels) if each not in there]
    if missing:
        value = [{"conditionType": each} for each in [*there, *missing]]
        patch = [{"op": "add", "path": "/spec/readinessGates", "value": value}]
        answer |= {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(patch).encode()).decode()}
    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, gates: Gates) -> None:
        self.gates = gates
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024
    timeout = 60

    def do_POST(self) -> None:
        """Answer an AdmissionReview."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = {key: asked[key] for key in ("apiVersion", "kind")}
        answer["response"] = review(asked["request"], cast(_Server, self.server).gates)
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Suppress the log: the API server reports failures."""
