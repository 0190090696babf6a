"""Rules for ``tags``."""

import re
from collections.abc import Iterable

from ..settings import validation
from ..settings.problems import Problem
from ..settings.registry import LAYERS, Context, rule

# AWS allows 50 tags; Name, the subnet roles and the tags of EKS and its node groups need the rest.
MOST_TAGS = 40
# Characters (docs.aws.amazon.com, "Tag naming limits and requirements").
LONGEST_KEY = 128
# Characters that every service accepts (the same page).
TEXT = re.compile(r"[\w\s.:/=+\-@]*")
NAME = "Name"
# AWS reserves the first; EKS and the load balancer controller read the others.
RESERVED = ("aws:", "eks:", "kubernetes.io/", "elbv2.k8s.aws/")


@rule(*LAYERS)
def tag_keys(context: Context) -> Iterable[Problem]:
    """Check that no key is reserved by AWS, EKS or this program."""
    for key in context.settings.tags:
        if key.lower().startswith(RESERVED):
            yield _problem(context, key, "is reserved: AWS rejects it, or a controller reads it.", "Rename it.")
        elif key.lower() == NAME.lower():
            yield _problem(context, key, "is reserved: this stack gives every resource its own Name.", "Remove it.")


@rule(*LAYERS)
def tag_form(context: Context) -> Iterable[Problem]:
    """Check that every AWS service accepts the keys and values."""
    for key, value in context.settings.tags.items():
        if not 1 <= len(key) <= LONGEST_KEY:
            reason = f"has a key of {len(key)} characters; AWS allows 1 to {LONGEST_KEY}."
            yield _problem(context, key, reason, "Shorten the key.")
        if not TEXT.fullmatch(key) or not TEXT.fullmatch(value):
            reason = "contains a character that IAM rejects in tags."
            yield _problem(context, key, reason, "Use letters, digits, spaces and . : / = + - @ _.")


@rule(*LAYERS)
def tag_number(context: Context) -> Iterable[Problem]:
    """Check that no resource gets more tags than AWS allows."""
    together = len(context.settings.tags) + len(context.default_tags)
    if together > MOST_TAGS:
        yield Problem(
            key="tags",
            value=None,
            reason=f"adds up to {together} tags with aws:defaultTags: AWS allows 50 on a resource, and this stack and "
            "EKS need 10 of them.",
            remedy=f"Keep {MOST_TAGS} or fewer.",
        )


@rule(*LAYERS)
def tag_case(context: Context) -> Iterable[Problem]:
    """Check that no two keys differ only in case, which IAM ignores."""
    seen: dict[str, str] = {}
    for key in context.settings.tags:
        other = seen.setdefault(key.lower(), key)
        if other != key:
            reason = f"differs from {other} only in case: IAM rejects both on one role."
            yield _problem(context, key, reason, "Keep one of them.")


@rule(*LAYERS)
def tag_defaults(context: Context) -> Iterable[Problem]:
    """Check that no tag is also one of ``aws:defaultTags``."""
    defaults = {key.lower() for key in context.default_tags}
    for key in context.settings.tags:
        if key.lower() in defaults:
            reason = "is also set in aws:defaultTags: every preview would show a change, or AWS would reject the pair."
            yield _problem(context, key, reason, "Remove one of them.")


def _problem(context: Context, key: str, reason: str, remedy: str) -> Problem:
    return Problem(key=validation.path(("tags", key)), value=context.settings.tags[key], reason=reason, remedy=remedy)
