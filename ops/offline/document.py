"""The offline preview as a stable document for other tools.

Shape: ``{"project", "stack", "resources": [...], "outputs": {}, "warnings": []}``. Resources are sorted by URN. Secret
values are ``"[secret]"``, values that are unknown before an update ``"[unknown]"``, a resource given as an input
``{"resource": urn}``.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from pulumi.runtime import rpc
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest

from ops.offline.monitor import ENVELOPE_KEY, RESOURCE_ENVELOPE, SECRET_ENVELOPE, STACK_TYPE, UNKNOWN, Recording

SECRET = "[secret]"


def build(recording: Recording) -> dict[str, Any]:
    """Build the document of one recording."""
    requests = recording.requests
    resources = [_resource(urn, requests) for urn in sorted(requests)]
    return {
        "project": recording.project,
        "stack": recording.stack,
        "resources": resources,
        "outputs": _properties(recording.outputs.get(recording.root)),
        "warnings": [*recording.warnings, *_what_is_absent(resources)],
    }


def _resource(urn: str, requests: Mapping[str, RegisterResourceRequest]) -> dict[str, Any]:
    request = requests[urn]
    inputs = _properties(request.object)
    return {
        "urn": urn,
        "type": request.type,
        "name": request.name,
        "parent": request.parent or None,
        "provider": _provider(request, requests),
        "custom": request.custom,
        "remote": request.remote,
        "inputs": inputs,
        # Resources that are only read, such as the stack's last outputs, are not part of the graph.
        "dependencies": sorted(_dependencies(request) & requests.keys()),
        "references": sorted(set(_references(inputs))),
        "options": {
            "protect": any(each.protect for each in _with_parents(request, requests)),
            "retainOnDelete": any(each.retainOnDelete for each in _with_parents(request, requests)),
            "deletedWith": _first(each.deletedWith for each in _with_parents(request, requests)),
            "ignoreChanges": list(request.ignoreChanges),
            "deleteBeforeReplace": request.deleteBeforeReplace,
            "replaceOnChanges": list(request.replaceOnChanges),
            "customTimeouts": _message(request.customTimeouts),
            "aliases": [_message(alias) for alias in request.aliases],
            "additionalSecretOutputs": list(request.additionalSecretOutputs),
        },
    }


def _with_parents(
    request: RegisterResourceRequest, requests: Mapping[str, RegisterResourceRequest]
) -> Iterator[RegisterResourceRequest]:
    """Yield a resource and its ancestors, from which the engine inherits protect, retainOnDelete and deletedWith."""
    current: RegisterResourceRequest | None = request
    while current is not None:
        yield current
        current = requests.get(current.parent)


def _provider(request: RegisterResourceRequest, requests: Mapping[str, RegisterResourceRequest]) -> str | None:
    """Return the URN of the explicit provider, its own or an ancestor's; ``None`` for the default provider."""
    package = request.type.split(":", 1)[0]
    for each in _with_parents(request, requests):
        inherited = each.providers.get(package, "") if each is not request else ""
        reference = inherited or (each.provider if each.type.split(":", 1)[0] == package else "")
        if reference:
            return reference.rsplit("::", 1)[0]
    return None


def _dependencies(request: RegisterResourceRequest) -> set[str]:
    by_property = (urn for each in request.propertyDependencies.values() for urn in each.urns)
    return {*request.dependencies, *by_property}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if set(value) == {"resource"} and str(value["resource"]).startswith("urn:pulumi:"):
            yield value["resource"]
        else:
            for each in value.values():
                yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _properties(struct: Message | None) -> dict[str, Any]:
    """Return a struct of the protocol as plain values, with sorted keys."""
    if struct is None:
        return {}
    plain = _plain(MessageToDict(struct))
    assert isinstance(plain, dict)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        envelope = value.get(ENVELOPE_KEY)
        if envelope == SECRET_ENVELOPE:
            return SECRET
        if envelope == RESOURCE_ENVELOPE:
            return {"resource": value["urn"]}
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if value == rpc.UNKNOWN else value


def _message(message: Message) -> dict[str, Any]:
    return {key: value for key, value in MessageToDict(message).items() if value}


def _first(texts: Iterable[str]) -> str | None:
    return next((text for text in texts if text), None)


def _what_is_absent(resources: list[dict[str, Any]]) -> list[str]:
    remote = [each["name"] for each in resources if each["remote"]]
    if not remote:
        return []
    return [
        f"The resources inside {len(remote)} remote components ({', '.join(remote)}) are not shown: "
        "the pulumi-eks plugin creates them during a real preview."
    ]


def is_component(resource: Mapping[str, Any]) -> bool:
    """Return whether a resource only groups others; the stack itself does not count."""
    return not resource["custom"] and resource["type"] != STACK_TYPE
