"""Pods to ask from: one that waits, in a namespace and under an identity of one's choice."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from subprocess import CompletedProcess
from typing import Any, Protocol

from local.control_plane.api import Api
from local.node.images import CLIENT
from local.processes import poll

READY = 60.0
# Asked by the pod itself: one request, no proxy, no redirect followed; a JSON text on stdout.
_ASK = """
import http.client, json, sys
from urllib.parse import urlsplit
url, method, headers, timeout = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), float(sys.argv[4])
parts = urlsplit(url)
kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
extra = {}
if parts.scheme == "https":
    import ssl
    extra["context"] = ssl._create_unverified_context()
connection = kind(parts.hostname, parts.port, timeout=timeout, **extra)
path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
try:
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    found = {"status": answer.status, "headers": {k.lower(): v for k, v in answer.getheaders()},
             "body": answer.read().decode(errors="replace")}
except (OSError, http.client.HTTPException) as error:
    found = {"error": type(error).__name__ + ": " + str(error)}
print(json.dumps(found))
"""
# What the scheduler, the quota and the sidecar's neighbour get: as little as there is.
RESOURCES = {"requests": {"cpu": "10m", "memory": "16Mi"}}


class Kubelet(Protocol):
    """Runs commands in containers."""

    def exec(
        self, namespace: str, pod: str, container: str, argv: Sequence[str], timeout: float = 30
    ) -> "CompletedProcess[str]":
        """Run a command in a container, as kubectl exec does."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back: a status, or the ``error`` instead of one."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A pod named ``name``, and the container of it that asks."""

    api: Api
    kubelet: Kubelet
    namespace: str
    name: str
    container: str = CLIENT

    def ask(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, timeout: float = 10
    ) -> Reply:
        """Send one request from inside the pod; its sidecar, if it has one, sees the request."""
        argv = [sys.executable, "-c", _ASK, url, method, json.dumps(dict(headers or {})), str(timeout)]
        done = self.kubelet.exec(self.namespace, self.name, self.container, argv, timeout + 20)
        if done.returncode:
            raise RuntimeError(f"pod {self.namespace}/{self.name} could not ask {url}: {done.stderr}")
        return Reply(**json.loads(done.stdout))

    def pod(self) -> dict[str, Any]:
        """Return the pod as the API server has it."""
        found = self.api.get("v1", "Pod", self.name, self.namespace)
        assert found, f"{self.namespace}/{self.name}"
        return found

    def remove(self) -> None:
        """Delete the pod and wait until it is gone."""
        self.api.delete("v1", "Pod", self.name, self.namespace, wait=60, grace=0)


def start(
    api: Api,
    kubelet: Kubelet,
    namespace: str,
    name: str,
    *,
    service_account: str = "default",
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Caller:
    """Create the pod and wait until it is ready. Raises ApiRefusedError, and RuntimeError after the time limit."""
    api.create(manifest(namespace, name, service_account=service_account, labels=labels, annotations=annotations))
    caller = Caller(api=api, kubelet=kubelet, namespace=namespace, name=name)
    if not poll(lambda: ready(caller.pod()), within=READY):
        raise RuntimeError(f"pod {namespace}/{name} is not ready: {json.dumps(caller.pod().get('status'))}")
    return caller


def ready(pod: Mapping[str, Any]) -> bool:
    """Return whether the pod's condition Ready is true."""
    conditions = pod.get("status", {}).get("conditions", ())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def manifest(
    namespace: str,
    name: str,
    *,
    service_account: str = "default",
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a pod of one container that Pod Security ``restricted`` admits."""
    security = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    container = {"name": CLIENT, "image": CLIENT, "securityContext": security, "resources": RESOURCES}
    spec = {"serviceAccountName": service_account, "containers": [container], "terminationGracePeriodSeconds": 1}
    metadata = {
        "name": name,
        "namespace": namespace,
        "labels": {"app": name, **(labels or {})},
        "annotations": dict(annotations or {}),
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
