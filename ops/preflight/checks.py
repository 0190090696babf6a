"""What must be true of the machine and the account before Pulumi is called; each check says what to do."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.settings import Settings, names, versions
from ops.running import Failure, Result, Run

PROTECT = f"{names.PROJECT}:protect"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who AWS takes us for."""

    account: str
    arn: str

    def is_role(self, arn: str) -> bool:
        """Whether this is a session of that role, or that user: a session's ARN drops the role's path."""
        match = re.fullmatch(r"arn:[^:]+:sts::(\d+):assumed-role/([^/]+)/.*", self.arn)
        if match is None:
            return self.arn == arn
        _, _, wanted = arn.partition("::")
        account, _, resource = wanted.partition(":")
        return (account, resource.rpartition("/")[2]) == match.groups() and resource.startswith("role/")


def pulumi_cli(run: Run) -> Iterator[Failure]:
    """Pulumi's CLI is there and new enough for the state and the plugins."""
    found = run(["pulumi", "version"])
    needed = versions.PULUMI_CLI.removeprefix(">=")
    if found.code is None:
        yield Failure(
            what="There is no pulumi on this machine.",
            remedy=f"Install the Pulumi CLI {needed} or newer: https://www.pulumi.com/docs/install/.",
        )
    elif _version(found.out) < _version(needed):
        yield Failure(
            what=f"pulumi is {found.out.strip() or 'of no version it tells'}; the program needs {needed}.",
            remedy="Install a newer Pulumi CLI: https://www.pulumi.com/docs/install/.",
        )


def aws_cli(run: Run) -> Iterator[Failure]:
    """The AWS CLI is there and new enough: kubectl and the Kubernetes provider sign in through it."""
    found = run(["aws", "--version"])
    needed = ".".join(map(str, versions.AWS_CLI))
    where = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
    if found.code is None:
        yield Failure(
            what="There is no aws on this machine; the cluster's credentials come from `aws eks get-token`.",
            remedy=f"Install the AWS CLI {needed} or newer: {where}.",
        )
        return
    # Version 1 printed to standard error for a long time.
    told = (found.out or found.err).split(" ")[0].strip()
    if _version(told) < versions.AWS_CLI:
        yield Failure(
            what=f"The AWS CLI is {told}; below {needed} its `aws eks get-token` speaks an API that clusters refuse.",
            remedy=f"Install the AWS CLI {needed} or newer: {where}.",
        )


def login(run: Run) -> Iterator[Failure]:
    """Pulumi knows where the state is."""
    found = run(["pulumi", "whoami", "--non-interactive"])
    if found.code is not None and not found.ok:
        yield Failure(
            what=f"pulumi is not logged in to a backend: {_first_line(found)}",
            remedy="Run `pulumi login s3://<bucket>` with the bucket that keeps your state, or `pulumi login`.",
        )


def stack_exists(run: Run, stack: str) -> Iterator[Failure]:
    """The backend has the stack."""
    found = run(["pulumi", "stack", "ls", "--json", "--non-interactive"])
    if not found.ok:
        return
    names = {str(each["name"]).rpartition("/")[2] for each in json.loads(found.out or "[]")}
    if stack not in names:
        yield Failure(
            what=f"The backend has no stack {stack}" + (f", only {', '.join(sorted(names))}." if names else "."),
            remedy=f'Run `pulumi stack init {stack} --secrets-provider "awskms://alias/<key>?region=<region>"`: '
            "the state will hold the keys of the mesh's certificate authority.",
        )


def caller(run: Run, config: Mapping[str, str]) -> Caller | Failure | None:
    """Who AWS takes us for, with the profile of the stack; ``None`` without an AWS CLI."""
    profile = ["--profile", config["aws:profile"]] if config.get("aws:profile") else []
    found = run(["aws", "sts", "get-caller-identity", "--output", "json", *profile])
    if found.code is None:
        return None
    if not found.ok:
        return Failure(
            what=f"AWS does not know who you are: {_first_line(found)}",
            remedy="Run `aws sso login` or `aws configure`, or set AWS_PROFILE.",
        )
    identity = json.loads(found.out)
    return Caller(account=str(identity["Account"]), arn=str(identity["Arn"]))


def account(who: Caller, allowed: Sequence[str]) -> Iterator[Failure]:
    """The account is one that the stack may touch."""
    if allowed and who.account not in allowed:
        yield Failure(
            what=f"You are signed in to account {who.account}; this stack is for {', '.join(allowed)}.",
            remedy="Sign in to that account, or correct aws:allowedAccountIds.",
        )


def deployer(who: Caller, settings: Settings, *, creates: bool) -> Iterator[Failure]:
    """The cluster's creator, its administrator for ever, is who the settings say, and has no second entry.

    creates: whether this ``up`` makes the cluster; to a later one EKS gives nothing.
    """
    if not creates:
        return
    role = settings.cluster.deployer
    listed = [*settings.cluster.admins, *settings.cluster.viewers]
    listed += [editor for namespace in settings.namespaces for editor in namespace.editors]
    for arn in filter(who.is_role, [] if role else listed):
        yield Failure(
            what=f"{arn} is you, and is listed: EKS makes who creates the cluster its administrator, and refuses a "
            "second entry in the middle of the `up`.",
            remedy="Name it in cluster.deployer alone.",
        )
    if role and not who.is_role(role):
        yield Failure(
            what=f"You are {who.arn}; cluster.deployer is {role}: EKS makes who creates the cluster an administrator "
            "for ever.",
            remedy="Assume that role, or correct cluster.deployer.",
        )


def still_protected(run: Run, stack: str) -> Iterator[Failure]:
    """No resource of the state refuses its deletion."""
    found = run(["pulumi", "stack", "export", "--stack", stack, "--non-interactive"])
    if not found.ok:
        return
    resources = (json.loads(found.out or "{}").get("deployment") or {}).get("resources") or []
    protected = sum(bool(each.get("protect")) for each in resources)
    if protected:
        yield Failure(
            what=f"{protected} resources of {stack} are protected in the state.",
            remedy=f"Set `pulumi config set {PROTECT} false --stack {stack}`, run `make up STACK={stack}`, "
            "and then destroy.",
        )


def _version(text: str) -> tuple[int, ...]:
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part) for part in match.groups("0")) if match else ()


def _first_line(result: Result) -> str:
    lines = [line.strip() for line in (result.err or result.out).splitlines() if line.strip()]
    return lines[0] if lines else f"exit status {result.code}"
