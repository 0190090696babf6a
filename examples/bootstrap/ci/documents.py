"""Policy documents as plain data."""

import json
from typing import Any

Statement = dict[str, Any]
Document = dict[str, Any]


def document(*statements: Statement) -> Document:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: list[str] | tuple[str, ...], resources: list[str], **condition: Any) -> Statement:
    """Return a statement that allows; ``condition``: operators with their keys and values."""
    statement: Statement = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def text(policy: Document) -> str:
    """Return a policy as JSON without blanks: AWS limits the number of characters."""
    return json.dumps(policy, separators=(",", ":"))
