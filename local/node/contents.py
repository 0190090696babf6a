"""What a pod's volumes of Secrets, ConfigMaps, tokens and its own fields hold, as the kubelet projects them.

The rules are those of ``MakePayload`` and ``CollectData`` in the kubelet's volume plugins (pkg/volume).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from local.node.environment import CONFIG_MAP, SECRET, NotThereError, UnsupportedError, field, resource

Manifest = Mapping[str, Any]

DEFAULT_MODE = 0o644
# A token that is to be read by one user, or by the pod's group (then opened to it below).
PRIVATE = 0o600
GROUP_READS = 0o440
# The kubelet renews a token when this much of its time has passed.
RENEWED_AFTER = 0.8


@dataclass(frozen=True)
class Token:
    """A ServiceAccount token; ``renew_at`` on the clock of time.monotonic()."""

    text: str
    renew_at: float

    @classmethod
    def lasting(cls, text: str, seconds: float) -> "Token":
        """Return a token that is issued now."""
        return cls(text, time.monotonic() + RENEWED_AFTER * seconds)


class Sources(Protocol):
    """Where contents come from: the API server, as one pod may see it."""

    def data(self, kind: str, name: str) -> Mapping[str, bytes] | None:
        """Return the data of a Secret or ConfigMap in the pod's namespace, or None when it does not exist."""

    def token(self, audience: str, seconds: int) -> Token:
        """Return a token of the pod's ServiceAccount, bound to the pod.

        An empty audience means the API server's own.
        """


@dataclass(frozen=True)
class File:
    """A file of a volume."""

    data: bytes
    mode: int
    user: int = 0
    group: int = 0


Contents = dict[str, File]


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whom the pod's files are for. group: its fsGroup; user: the user of all its containers, if they have one."""

    user: int | None = None
    group: int | None = None


def owner(pod: Manifest) -> Owner:
    """Return the owner of the files as the kubelet takes it from the security contexts."""
    spec = pod["spec"]
    context = spec.get("securityContext") or {}
    users = {(each.get("securityContext") or {}).get("runAsUser", context.get("runAsUser")) for each in containers(pod)}
    return Owner(user=users.pop() if len(users) == 1 else None, group=context.get("fsGroup"))


@dataclass(frozen=True, kw_only=True)
class Projector:
    """Makes the contents of a pod's volumes.

    pod: with the status that the kubelet has given it so far. allocatable: of its node.
    """

    pod: Manifest
    sources: Sources
    allocatable: Mapping[str, str]

    def contents(self, volume: Manifest) -> Contents | None:
        """Return the contents; None for a volume that containers write to, or that has nothing here (hostPath).

        Raises NotThereError for what is missing and not optional, UnsupportedError for other kinds of volumes.
        """
        for kind, project in self._kinds.items():
            if kind in volume:
                return self._owned(project(volume[kind]))
        if "emptyDir" in volume or "hostPath" in volume:
            return None
        raise UnsupportedError(f"volume {volume['name']} of type {', '.join(sorted({*volume} - {'name'}))}")

    @property
    def _kinds(self) -> dict[str, Callable[[Manifest], Contents]]:
        return {
            "secret": lambda it: self._object(SECRET, {**it, "name": it["secretName"]}, _mode(it)),
            "configMap": lambda it: self._object(CONFIG_MAP, it, _mode(it)),
            "downwardAPI": lambda it: self._fields(it, _mode(it)),
            "projected": self._projected,
        }

    def _projected(self, volume: Manifest) -> Contents:
        kinds: dict[str, Callable[[Manifest, int], Contents]] = {
            "secret": lambda it, mode: self._object(SECRET, it, mode),
            "configMap": lambda it, mode: self._object(CONFIG_MAP, it, mode),
            "downwardAPI": self._fields,
            "serviceAccountToken": self._token,
        }
        made: Contents = {}
        for source in volume.get("sources") or []:
            for kind, it in source.items():
                if kind not in kinds:
                    raise UnsupportedError(f"a projected volume of {kind}")
                made.update(kinds[kind](it, _mode(volume)))
        return made

    def _object(self, kind: str, it: Manifest, mode: int) -> Contents:
        optional = bool(it.get("optional"))
        data = self.sources.data(kind, it["name"])
        if data is None:
            if not optional:
                raise NotThereError(f'{kind} "{it["name"]}" not found')
            return {}
        if not it.get("items"):
            return {key: File(value, mode) for key, value in data.items()}
        missing = [each["key"] for each in it["items"] if each["key"] not in data]
        if missing and not optional:
            raise NotThereError(f"{kind} {it['name']} has no key {', '.join(missing)}")
        return {
            each["path"]: File(data[each["key"]], each.get("mode", mode)) for each in it["items"] if each["key"] in data
        }

    def _fields(self, it: Manifest, mode: int) -> Contents:
        return {
            each["path"]: File(self._field(each).encode(), each.get("mode", mode)) for each in it.get("items") or []
        }

    def _field(self, item: Manifest) -> str:
        if "fieldRef" in item:
            return field(self.pod, item["fieldRef"]["fieldPath"])
        selector = item["resourceFieldRef"]
        named = [each for each in containers(self.pod) if each["name"] == selector.get("containerName")]
        if not named:
            raise NotThereError(f"container {selector.get('containerName')} not found")
        return resource(selector, named[0], self.allocatable)

    def _token(self, it: Manifest, mode: int) -> Contents:
        whose = owner(self.pod)
        token = self.sources.token(it.get("audience", ""), it.get("expirationSeconds", 3600))
        private = whose.user is not None or whose.group is not None
        return {it["path"]: File(token.text.encode(), PRIVATE if private else mode, user=whose.user or 0)}

    def _owned(self, contents: Contents) -> Contents:
        group = owner(self.pod).group
        if group is None:
            return contents
        return {path: replace(each, group=group, mode=each.mode | GROUP_READS) for path, each in contents.items()}


def references(volumes: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """Yield kind and name of every Secret and ConfigMap that the volumes show."""
    for volume in volumes:
        if "secret" in volume:
            yield SECRET, volume["secret"]["secretName"]
        if "configMap" in volume:
            yield CONFIG_MAP, volume["configMap"]["name"]
        for source in (volume.get("projected") or {}).get("sources") or []:
            if "secret" in source:
                yield SECRET, source["secret"]["name"]
            if "configMap" in source:
                yield CONFIG_MAP, source["configMap"]["name"]


def containers(pod: Manifest) -> list[Manifest]:
    """Return the containers of every role."""
    return [*(pod["spec"].get("initContainers") or []), *pod["spec"]["containers"]]


def _mode(it: Manifest) -> int:
    return int(it.get("defaultMode", DEFAULT_MODE))
