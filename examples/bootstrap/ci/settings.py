"""The settings of this project: which account, which repository, which stacks."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PROJECT = "istio-eks-bootstrap"
KEYS = ("repository", "branch", "environments", "platformTeam")
PLACEHOLDER_ACCOUNT, PLACEHOLDER_OWNER = "111122223333", "example"

ACCOUNT = re.compile(r"\d{12}")
# STS reads GitHub's claims beside `sub` in the commercial regions only, and the trust of the roles needs them.
REGION = re.compile(r"(?!us-gov-|us-iso|cn-|eu-isoe-)[a-z]{2}(-[a-z]+)+-\d")
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
# What git takes and no condition of a policy could read as a pattern.
BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
# With `istio-eks-preview-` before it, it is the name of a role.
ENVIRONMENT = re.compile(r"[a-z][a-z0-9-]{0,20}")
PERSON = re.compile(r"arn:aws:iam::\d{12}:(role|user)/[\w+=,.@/-]+")


class RefusedError(Exception):
    """The settings are refused; the text has every problem, and what to write instead."""


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository of GitHub.

    name: ``owner/name``. id, owner_id: GitHub's numbers, which a repository of the same name that somebody makes
    later does not have.
    """

    name: str
    id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One account, in one region. platform_team: ARNs of roles and users."""

    account: str
    region: str
    repository: Repository
    branch: str
    environments: tuple[str, ...]
    platform_team: tuple[str, ...]


def load(config: Mapping[str, str], source: str) -> Settings:
    """Read the engine's raw config: fully qualified keys, objects as JSON. Raises RefusedError."""
    found = list(_problems(config))
    if found:
        count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        raise RefusedError("\n\n".join([f"{source} has {count}; nothing was created.", *found]))
    repository = _own(config, "repository")
    return Settings(
        account=_value(config, "aws:allowedAccountIds")[0],
        region=config["aws:region"],
        repository=Repository(name=repository["name"], id=repository["id"], owner_id=repository["ownerId"]),
        branch=_own(config, "branch") or "main",
        environments=tuple(_own(config, "environments") or ("dev", "prod")),
        platform_team=tuple(_own(config, "platformTeam") or ()),
    )


def _problems(config: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(config):
        project, _, name = key.partition(":")
        if project == PROJECT and name not in KEYS:
            yield _told(name, None, "is not a setting.", f"Valid here: {', '.join(KEYS)}.")
    yield from _account(_value(config, "aws:allowedAccountIds"))
    yield from _region(config.get("aws:region"))
    yield from _repository(_own(config, "repository"))
    yield from _branch(_own(config, "branch"))
    yield from _environments(_own(config, "environments"))
    yield from _platform_team(_own(config, "platformTeam"))


def _account(value: Any) -> Iterator[str]:
    key, remedy = "aws:allowedAccountIds", 'Write the one account: ["<12 digits>"], each in quotes.'
    if not isinstance(value, list) or len(value) != 1 or not _fits(ACCOUNT, value[0]):
        yield _told(key, value, "is not one account: every name and policy here is made for one.", remedy)
    elif value[0] == PLACEHOLDER_ACCOUNT:
        yield _told(key, value, "is a placeholder: the account is nobody's.", remedy)


def _region(value: Any) -> Iterator[str]:
    if not _fits(REGION, value):
        reason = "is not a region of the partition aws: in others STS does not read GitHub's claims."
        yield _told("aws:region", value, reason, "Write one like us-west-2.")


def _repository(value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        reason = "is not the repository that may sign in." if value else "is missing."
        yield _told("repository", value, reason, "Write {name: owner/name, id: <number>, ownerId: <number>}.")
        return
    for key in sorted(value.keys() - {"name", "id", "ownerId"}):
        yield _told(f"repository.{key}", value[key], "is not a setting.", "Valid here: name, id, ownerId.")
    name = value.get("name")
    if not isinstance(name, str) or not REPOSITORY.fullmatch(name):
        yield _told("repository.name", name, "is not owner/name, without patterns.", "Write it as GitHub shows it.")
    elif name.partition("/")[0] == PLACEHOLDER_OWNER:
        yield _told("repository.name", name, "is a placeholder: it would trust somebody else.", "Write your own.")
    for key in ("id", "ownerId"):
        number = value.get(key)
        if type(number) is not int or number < 1:
            remedy = "`gh api repos/OWNER/NAME --jq '{id, ownerId: .owner.id}'` prints it; no quotes."
            yield _told(f"repository.{key}", number, "is not a number that GitHub gives.", remedy)


def _branch(value: Any) -> Iterator[str]:
    if value and not _fits(BRANCH, value):
        yield _told("branch", value, "is not the name of one branch.", "Write it without refs/heads and patterns.")
    elif str(value).startswith("refs/"):
        yield _told("branch", value, "is a ref, and refs/heads/ is put before it.", "Write the branch alone.")


def _environments(value: Any) -> Iterator[str]:
    if not value:
        return
    key, remedy = "environments", "Write names of stacks: [dev, prod]."
    if not isinstance(value, list) or not all(_fits(ENVIRONMENT, each) for each in value):
        yield _told(key, value, "is not a list of names: small letters, digits and -, 21 at most.", remedy)
    elif len(set(value)) < len(value):
        yield _told(key, value, "names one twice.", remedy)
    elif any(each.startswith("preview-") for each in value):
        yield _told(key, value, "names an environment of cloud previews, which each stack has already.", remedy)


def _platform_team(value: Any) -> Iterator[str]:
    if value and (not isinstance(value, list) or not all(_fits(PERSON, each) for each in value)):
        reason = "is not a list of roles or users: who is named may decrypt the states."
        yield _told("platformTeam", value, reason, "Write ARNs without patterns: [arn:aws:iam::<account>:role/<name>].")
    elif any(f"::{PLACEHOLDER_ACCOUNT}:" in each for each in value or ()):
        yield _told("platformTeam", value, "is a placeholder: the account is nobody's.", "Write your roles, or [].")


def _fits(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _own(config: Mapping[str, str], key: str) -> Any:
    return _value(config, f"{PROJECT}:{key}")


def _value(config: Mapping[str, str], key: str) -> Any:
    """Return a value of the config: objects and lists are JSON, words are plain."""
    text = config.get(key, "")
    return _json(text) if text.startswith(("{", "[")) else text


def _json(text: str) -> Any:
    parse: Callable[[str], Any] = json.loads
    try:
        return parse(text)
    except ValueError:
        return text


def _told(key: str, value: Any, reason: str, remedy: str) -> str:
    shown = "" if value in (None, "") else f": {json.dumps(value)}"
    return f"  {key}{shown}\n    {reason}\n    {remedy}"
