"""Rules for ``tags``."""

import re
from collections.abc import Iterable

from ..settings import validation
from ..settings.problems import Problem
from ..settings.registry import LAYERS, Context, rule

# AWS allows 50 tags; Name, the subnet roles, and what EKS and its node groups add need the rest.
MOST_TAGS = 40
LONGEST_KEY = 128
# What every service accepts (docs.aws.amazon.com, "Tag naming limits and requirements").
TEXT = re.compile(r"[\w\s.:/=+\-@]*")
NAME = "Name"
# AWS keeps the first to itself; EKS and the load balancer controller read the others.
RESERVED = ("aws:", "eks:", "kubernetes.io/", "elbv2.k8s.aws/")


@rule(*LAYERS)
def tag_keys(context: Context) -> Iterable[Problem]:
    """Keys that mean something to AWS, EKS or this program."""
    for key in context.settings.tags:
        if key.lower().startswith(RESERVED):
            yield _problem(context, key, "is reserved: AWS refuses it, or a controller reads it.", "Rename it.")
        elif key.lower() == NAME.lower():
            yield _problem(context, key, "is reserved: every resource gets a Name of its own.", "Remove it.")


@rule(*LAYERS)
def tag_form(context: Context) -> Iterable[Problem]:
    """Keys and values that every AWS service accepts."""
    for key, value in context.settings.tags.items():
        if not 1 <= len(key) <= LONGEST_KEY:
            reason = f"has a key of {len(key)} characters; AWS takes 1 to {LONGEST_KEY}."
            yield _problem(context, key, reason, "Shorten the key.")
        if not TEXT.fullmatch(key) or not TEXT.fullmatch(value):
            reason = "has a character that IAM refuses in tags."
            yield _problem(context, key, reason, "Use letters, digits, spaces and . : / = + - @ _.")


@rule(*LAYERS)
def tag_number(context: Context) -> Iterable[Problem]:
    """Tags fit on every resource."""
    together = len(context.settings.tags) + len(context.default_tags)
    if together > MOST_TAGS:
        yield Problem(
            key="tags",
            value=None,
            reason=f"makes {together} tags with aws:defaultTags; AWS takes 50, and ours and EKS's need 10 of them.",
            remedy=f"Keep {MOST_TAGS} or fewer.",
        )


@rule(*LAYERS)
def tag_case(context: Context) -> Iterable[Problem]:
    """IAM does not tell keys apart by case."""
    seen: dict[str, str] = {}
    for key in context.settings.tags:
        other = seen.setdefault(key.lower(), key)
        if other != key:
            reason = f"differs from {other} by case alone: IAM refuses both on one role."
            yield _problem(context, key, reason, "Keep one of them.")


@rule(*LAYERS)
def tag_defaults(context: Context) -> Iterable[Problem]:
    """A tag has one place."""
    defaults = {key.lower() for key in context.default_tags}
    for key in context.settings.tags:
        if key.lower() in defaults:
            reason = "stands in aws:defaultTags too: every preview would show a change, or AWS refuses the pair."
            yield _problem(context, key, reason, "Remove one of them.")


def _problem(context: Context, key: str, reason: str, remedy: str) -> Problem:
    return Problem(key=validation.path(("tags", key)), value=context.settings.tags[key], reason=reason, remedy=remedy)
