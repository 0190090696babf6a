"""The API server's refusals as the provider tells them, without what must not be told."""

import base64
import binascii
from collections.abc import Iterator

from local.control_plane.api_errors import ApiRefusedError
from local.providers.kubernetes.target import Manifest

FORBIDDEN = 403
HIDDEN = "[secret]"
# Shorter texts are words of the messages themselves.
SHORTEST = 4
CONFLICT_HELP = (
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/"
    "#handle-field-conflicts-on-existing-resources"
)


def text(refusal: ApiRefusedError, manifest: Manifest, manager: str = "") -> str:
    """Return the message for a person, without the values of a Secret."""
    message = str(refusal)
    if refusal.unknown_kind:
        message = (
            "the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any "
            f"required CRDs have been created: {message}"
        )
    elif refusal.conflict and refusal.reason == "Conflict":
        message = (
            f"Server-Side Apply field conflict detected. See {CONFLICT_HELP} for troubleshooting help.\n"
            f'The resource managed by field manager "{manager}" had an apply conflict: {message}'
        )
    return without_values(message, manifest)


def without_values(message: str, manifest: Manifest) -> str:
    """Return the message with every value of a Secret hidden, however it is written."""
    if manifest.get("kind") != "Secret":
        return message
    for value in sorted(set(_values(manifest)), key=len, reverse=True):
        if len(value) >= SHORTEST:
            message = message.replace(value, HIDDEN)
    return message


def _values(manifest: Manifest) -> Iterator[str]:
    """Yield the values as given, encoded and decoded, and line by line.

    Messages break texts and quote their ends of lines.
    """
    given = [str(each) for field in ("data", "stringData") for each in (manifest.get(field) or {}).values()]
    for each in given:
        for form in (each, base64.b64encode(each.encode()).decode(), _decoded(each)):
            yield form
            yield from form.splitlines()


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return value
