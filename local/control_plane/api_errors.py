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
        """Whether there is no such object, or no such kind."""
        return self.code == NOT_FOUND

    @property
    def unknown_kind(self) -> bool:
        """Whether the kind is not served."""
        return self.reason == self.UNKNOWN_KIND

    @property
    def conflict(self) -> bool:
        """Whether it exists already, was changed by somebody else, or has fields of another manager."""
        return self.code == CONFLICT


class ApiUnreachableError(OSError):
    """Nobody answers, or not to the end."""


# What a broken connection raises while an answer is awaited or read.
BROKEN = (urllib3.exceptions.HTTPError, OSError)


def refused(code: int, answer: Mapping[str, Any] | str) -> ApiRefusedError:
    """The refusal in an answer, a Status as a rule."""
    if isinstance(answer, str):
        return ApiRefusedError(code, "", answer.strip() or f"HTTP {code}")
    return ApiRefusedError(
        int(answer.get("code") or code), str(answer.get("reason", "")), str(answer.get("message", ""))
    )
