"""What asking the API server may end with."""

from collections.abc import Mapping
from typing import Any

import urllib3.exceptions

CONFLICT, NOT_FOUND, GONE = 409, 404, 410


class ApiRefusedError(Exception):
    """The API server's answer was no; the text is its own message.

    code: HTTP status. reason: its one word (``Invalid``, ``AlreadyExists``, ``Conflict``, ``Forbidden``…).
    """

    # Ours, where the server has nothing to answer.
    UNKNOWN_KIND = "UnknownKind"

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code, self.reason = code, reason

    @property
    def missing(self) -> bool:
        """Return whether the object or the kind does not exist."""
        return self.code == NOT_FOUND

    @property
    def unknown_kind(self) -> bool:
        """Return whether the kind is not served."""
        return self.reason == self.UNKNOWN_KIND

    @property
    def conflict(self) -> bool:
        """Return whether the object exists already, was changed by another client, or has another manager's fields."""
        return self.code == CONFLICT


class ApiUnreachableError(OSError):
    """Nobody answers, or not to the end."""


# What a broken connection raises while an answer is awaited or read.
BROKEN = (urllib3.exceptions.HTTPError, OSError)


def refused(code: int, answer: Mapping[str, Any] | str) -> ApiRefusedError:
    """Return the refusal in an answer, which is usually a Status."""
    if isinstance(answer, str):
        return ApiRefusedError(code, "", answer.strip() or f"HTTP {code}")
    return ApiRefusedError(
        int(answer.get("code") or code), str(answer.get("reason", "")), str(answer.get("message", ""))
    )
