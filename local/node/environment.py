"""A container's environment and arguments, made of its spec as the kubelet makes them.

The rules are those of ``makeEnvironmentVariables`` (pkg/kubelet/kubelet_pods.go) and of its expansion package.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

Manifest = Mapping[str, Any]
# Of a kind and a name in the pod's namespace; None where there is no such object.
Lookup = Callable[[str, str], Mapping[str, bytes] | None]

CONFIG_MAP, SECRET = "ConfigMap", "Secret"
_REFERENCES = {"configMapKeyRef": CONFIG_MAP, "secretKeyRef": SECRET}
_SOURCES = {"configMapRef": CONFIG_MAP, "secretRef": SECRET}
# ``$$`` is a dollar, ``$(NAME)`` a reference; any other dollar is itself.
_EXPRESSION = re.compile(r"\$(?:(?P<dollar>\$)|\((?P<name>[^)]*)\))")
_SUBSCRIPTED = re.compile(r"metadata\.(?P<map>labels|annotations)\['(?P<key>.*)'\]")
_AMOUNT = re.compile(r"(?P<digits>[0-9.]+(?:[eE][+-]?[0-9]+)?)(?P<suffix>m|k|M|G|T|P|E|[KMGTPE]i)?")
_SUFFIXES = {
    "m": Decimal("0.001"),
    **{name: Decimal(1000) ** power for power, name in enumerate("kMGTPE", start=1)},
    **{f"{name}i": Decimal(1024) ** power for power, name in enumerate("KMGTPE", start=1)},
}


class NotThereError(Exception):
    """A pod names a ConfigMap, Secret or key that does not exist, and does not call it optional."""


class UnsupportedError(Exception):
    """A pod asks for something that the kubelet knows and this one does not play."""


def environment(
    container: Manifest, pod: Manifest, *, allocatable: Mapping[str, str], lookup: Lookup, services: Mapping[str, str]
) -> dict[str, str]:
    """Return the container's variables; later ones override earlier ones, and all override ``services``.

    pod: with the status that the kubelet has given it so far.
    allocatable: of its node; the value for a container without a limit.
    services: variables that every pod gets.
    Raises NotThereError and UnsupportedError.
    """
    known = _imported(container.get("envFrom") or [], lookup)
    for variable in container.get("env") or []:
        name, text = variable["name"], variable.get("value", "")
        if text or "valueFrom" not in variable:
            known[name] = expand(text, {**services, **known})
            continue
        found = _value(variable["valueFrom"], container, pod, allocatable, lookup)
        if found is not None:
            known[name] = found
    return {**services, **known}


def expand(text: str, values: Mapping[str, str]) -> str:
    """Return the text with ``$(NAME)`` replaced where NAME is known, and ``$$`` replaced with a dollar."""

    def said(match: re.Match[str]) -> str:
        return "$" if match["dollar"] else values.get(match["name"], match[0])

    return _EXPRESSION.sub(said, text)


def field(pod: Manifest, path: str) -> str:
    """Return what the downward API says of a pod; empty without the label or annotation. Raises UnsupportedError."""
    if subscripted := _SUBSCRIPTED.fullmatch(path):
        return str((pod["metadata"].get(subscripted["map"]) or {}).get(subscripted["key"], ""))
    if path in ("metadata.labels", "metadata.annotations"):
        return formatted(pod["metadata"].get(path.removeprefix("metadata.")) or {})
    fields: dict[str, Callable[[], str]] = {
        "metadata.name": lambda: pod["metadata"]["name"],
        "metadata.namespace": lambda: pod["metadata"]["namespace"],
        "metadata.uid": lambda: pod["metadata"]["uid"],
        "spec.nodeName": lambda: pod["spec"]["nodeName"],
        "spec.serviceAccountName": lambda: pod["spec"].get("serviceAccountName", ""),
        "status.hostIP": lambda: pod["status"]["hostIP"],
        "status.hostIPs": lambda: pod["status"]["hostIP"],
        "status.podIP": lambda: pod["status"]["podIP"],
        "status.podIPs": lambda: pod["status"]["podIP"],
    }
    if path not in fields:
        raise UnsupportedError(f"the field {path} of a pod")
    return fields[path]()


def formatted(values: Mapping[str, str]) -> str:
    """Return a map as the downward API writes it: a line for each key, sorted, its value quoted."""
    # Go quotes control characters in another way, and reads this one back the same.
    return "\n".join(f"{key}={json.dumps(values[key], ensure_ascii=False)}" for key in sorted(values))


def resource(selector: Mapping[str, str], container: Manifest, allocatable: Mapping[str, str]) -> str:
    """Return a request or a limit in whole divisors, rounded up; without a limit, the node's whole capacity."""
    kind, _, name = selector["resource"].partition(".")
    resources = container.get("resources") or {}
    asked = (resources.get(kind) or {}).get(name, "0")
    if kind == "limits" and not _amount(asked):
        asked = allocatable.get(name, "0")
    # The API server writes an absent divisor as 0.
    divisor = _amount(selector.get("divisor") or "0") or Decimal(1)
    return str(math.ceil(_amount(asked) / divisor))


def _amount(quantity: object) -> Decimal:
    parts = _AMOUNT.fullmatch(str(quantity))
    if not parts:
        raise UnsupportedError(f"{quantity!r} as a quantity")
    return Decimal(parts["digits"]) * _SUFFIXES.get(parts["suffix"] or "", Decimal(1))


def _imported(sources: Sequence[Manifest], lookup: Lookup) -> dict[str, str]:
    return {
        f"{source.get('prefix', '')}{key}": value.decode()
        for source in sources
        for kind, reference in _of(source, _SOURCES)
        for key, value in (_data(kind, reference, lookup) or {}).items()
    }


def _value(
    source: Manifest, container: Manifest, pod: Manifest, allocatable: Mapping[str, str], lookup: Lookup
) -> str | None:
    if "fieldRef" in source:
        return field(pod, source["fieldRef"]["fieldPath"])
    if "resourceFieldRef" in source:
        return resource(source["resourceFieldRef"], container, allocatable)
    for kind, reference in _of(source, _REFERENCES):
        return _key(kind, reference, lookup)
    raise UnsupportedError(f"a variable from {', '.join(source)}")


def _of(source: Manifest, kinds: Mapping[str, str]) -> Iterator[tuple[str, Manifest]]:
    return ((kind, source[name]) for name, kind in kinds.items() if name in source)


def _key(kind: str, reference: Manifest, lookup: Lookup) -> str | None:
    data = _data(kind, reference, lookup)
    if data is not None and reference["key"] in data:
        return data[reference["key"]].decode()
    if data is None or reference.get("optional"):
        return None
    raise NotThereError(f"couldn't find key {reference['key']} in {kind} {reference['name']}")


def _data(kind: str, reference: Manifest, lookup: Lookup) -> Mapping[str, bytes] | None:
    """Return the data, or None where the source is optional and does not exist."""
    data = lookup(kind, reference["name"])
    if data is None and not reference.get("optional"):
        raise NotThereError(f'{kind} "{reference["name"]}" not found')
    return data
