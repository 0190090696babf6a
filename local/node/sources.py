"""What the API server gives one pod for its volumes and variables."""

import base64
import datetime
import threading
import time
from collections.abc import Mapping
from typing import Any

from components.settings import clock
from local.control_plane.api import Api
from local.node.contents import Token
from local.node.environment import SECRET, NotThereError

Manifest = Mapping[str, Any]


class PodSources:
    """``contents.Sources`` of a pod. All may raise ApiUnreachableError and ApiRefusedError."""

    def __init__(self, api: Api, pod: Manifest) -> None:
        self._api, self._pod = api, pod
        self._namespace: str = pod["metadata"]["namespace"]
        self._tokens: dict[tuple[str, int], Token] = {}
        self._lock = threading.Lock()

    def data(self, kind: str, name: str) -> Mapping[str, bytes] | None:
        """Return the data, read again each time: an old answer could be the reason why an object is missing."""
        found = self._api.get("v1", kind, name, self._namespace)
        if found is None:
            return None
        encoded = found.get("data") if kind == SECRET else found.get("binaryData")
        texts = {} if kind == SECRET else found.get("data") or {}
        return {
            **{key: text.encode() for key, text in texts.items()},
            **{key: base64.b64decode(text) for key, text in (encoded or {}).items()},
        }

    def token(self, audience: str, seconds: int) -> Token:
        """Return the same token until it is to be renewed. Raises NotThereError where the ServiceAccount is missing."""
        with self._lock:
            known = self._tokens.get((audience, seconds))
            if known is None or known.renew_at <= time.monotonic():
                known = self._tokens[audience, seconds] = self._ask(audience, seconds)
            return known

    def renew_at(self) -> float:
        """Return when the first token is to be renewed, on the clock of time.monotonic()."""
        with self._lock:
            return min((each.renew_at for each in self._tokens.values()), default=float("inf"))

    def _ask(self, audience: str, seconds: int) -> Token:
        name = self._pod["spec"].get("serviceAccountName") or "default"
        metadata = self._pod["metadata"]
        # Valid no longer than the pod is there.
        bound = {"apiVersion": "v1", "kind": "Pod", "name": metadata["name"], "uid": metadata["uid"]}
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {
                "audiences": [audience] if audience else [],
                "expirationSeconds": seconds,
                "boundObjectRef": bound,
            },
        }
        if self._api.get("v1", "ServiceAccount", name, self._namespace) is None:
            raise NotThereError(f'ServiceAccount "{name}" not found')
        answer = self._api.post("v1", "ServiceAccount", name, self._namespace, "token", request)["status"]
        until = datetime.datetime.fromisoformat(answer["expirationTimestamp"])
        return Token.lasting(answer["token"], (until - clock.now()).total_seconds())
