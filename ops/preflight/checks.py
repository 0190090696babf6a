"""Checks of the machine and the account before Pulumi runs; each failure has a remedy."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.settings import Settings, names, versions
from ops.running import Failure, Result, Run

PROTECT = f"{names.PROJECT}:protect"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The AWS identity of the current credentials."""

    account: str
    arn: str

    def is_role(self, arn: str) -> bool:
        """Return whether this is that user, or a session of that role, whose ARN lacks the role's path."""
        match = re.fullmatch(r"arn:[^:]+:sts::(\d+):assumed-role/([^/]+)/.*", self.arn)
        if match is None:
            return self.arn == arn
        _, _, wanted = arn.partition("::")
        account, _, resource = wanted.partition(":")
        return (account, resource.rpartition("/")[2]) == match.groups() and resource.startswith("role/")


def pulumi_cli(run: Run) -> Iterator[Failure]:
    """Check that the Pulumi CLI is installed and new enough for the state and the plugins."""
    found = run(["pulumi", "version"])
    needed = versions.PULUMI_CLI.removeprefix(">=")
    if found.code is None:
        yield Failure(
            what="The Pulumi CLI is not installed.",
            remedy=f"Install version {needed} or newer: https://www.pulumi.com/docs/install/.",
        )
    elif _version(found.out) < _version(needed):
        version = found.out.strip()
        yield Failure(
            what=f"The Pulumi CLI is {version}; {needed} or newer is required."
            if version
            else f"Could not read the version of the Pulumi CLI; {needed} or newer is required.",
            remedy="Install a newer Pulumi CLI: https://www.pulumi.com/docs/install/.",
        )


def aws_cli(run: Run) -> Iterator[Failure]:
    """Check that the AWS CLI, through which kubectl and the Kubernetes provider sign in, is new enough."""
    found = run(["aws", "--version"])
    needed = ".".join(map(str, versions.AWS_CLI))
    where = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
    if found.code is None:
        yield Failure(
            what="The AWS CLI is not installed; the cluster's credentials come from `aws eks get-token`.",
            remedy=f"Install version {needed} or newer: {where}.",
        )
        return
    # Version 1 printed to standard error for a long time.
    version = (found.out or found.err).split(" ")[0].strip()
    if _version(version) < versions.AWS_CLI:
        yield Failure(
            what=f"The AWS CLI is {version}; `aws eks get-token` before {needed} uses an API that clusters reject.",
            remedy=f"Install version {needed} or newer: {where}.",
        )


def login(run: Run) -> Iterator[Failure]:
    """Check that Pulumi is logged in to the backend with the state."""
    found = run(["pulumi", "whoami", "--non-interactive"])
    if found.code is not None and not found.ok:
        yield Failure(
            what=f"Pulumi is not logged in to a backend: {_first_line(found)}",
            remedy="Run `pulumi login s3://<bucket>` with the bucket that stores your state, or `pulumi login`.",
        )


def stack_exists(run: Run, stack: str) -> Iterator[Failure]:
    """Check that the backend has the stack."""
    found = run(["pulumi", "stack", "ls", "--json", "--non-interactive"])
    if not found.ok:
        return
    names = {str(each["name"]).rpartition("/")[2] for each in json.loads(found.out or "[]")}
    if stack not in names:
        yield Failure(
            what=f"The backend has no stack {stack}" + (f". It has {', '.join(sorted(names))}." if names else "."),
            remedy=f'Run `pulumi stack init {stack} --secrets-provider "awskms://alias/<key>?region=<region>"`: '
            "the state will contain the keys of the mesh's certificate authority.",
        )


def caller(run: Run, config: Mapping[str, str]) -> Caller | Failure | None:
    """Return the AWS identity with the profile of the stack; ``None`` without the AWS CLI."""
    profile = ["--profile", config["aws:profile"]] if config.get("aws:profile") else []
    found = run(["aws", "sts", "get-caller-identity", "--output", "json", *profile])
    if found.code is None:
        return None
    if not found.ok:
        return Failure(
            what=f"You are not signed in to AWS: {_first_line(found)}",
            remedy="Run `aws sso login` or `aws configure`, or set AWS_PROFILE.",
        )
    identity = json.loads(found.out)
    return Caller(account=str(identity["Account"]), arn=str(identity["Arn"]))


def account(who: Caller, allowed: Sequence[str]) -> Iterator[Failure]:
    """Check that the account is one of the stack's."""
    if allowed and who.account not in allowed:
        yield Failure(
            what=f"You are signed in to account {who.account}; this stack is for {', '.join(allowed)}.",
            remedy="Sign in to that account, or correct aws:allowedAccountIds.",
        )


def deployer(who: Caller, settings: Settings, *, creates: bool) -> Iterator[Failure]:
    """Check that the caller is the deployer in the settings: EKS makes the cluster's creator a permanent admin.

    Args:
        who: AWS identity of the caller.
        settings: Settings of the stack.
        creates: Whether this ``up`` creates the cluster; a later ``up`` gives its caller no access.
    """
    if not creates:
        return
    role = settings.cluster.deployer
    listed = [*settings.cluster.admins, *settings.cluster.viewers]
    listed += [editor for namespace in settings.namespaces for editor in namespace.editors]
    for arn in filter(who.is_role, [] if role else listed):
        yield Failure(
            what=f"{arn} is you and has an access entry in the settings: EKS makes the cluster's creator its "
            "administrator and refuses a second entry midway through `up`.",
            remedy="Remove it there, and set it only in cluster.deployer.",
        )
    if role and not who.is_role(role):
        yield Failure(
            what=f"You are {who.arn}, but cluster.deployer is {role}: EKS makes the cluster's creator its permanent "
            "administrator.",
            remedy="Assume that role, or correct cluster.deployer.",
        )


def still_protected(run: Run, stack: str) -> Iterator[Failure]:
    """Check that no resource in the state is protected."""
    found = run(["pulumi", "stack", "export", "--stack", stack, "--non-interactive"])
    if not found.ok:
        return
    resources = (json.loads(found.out or "{}").get("deployment") or {}).get("resources") or []
    protected = sum(bool(each.get("protect")) for each in resources)
    if protected:
        yield Failure(
            what=f"The state of {stack} protects {protected} resource{'' if protected == 1 else 's'}.",
            remedy=f"Run `pulumi config set {PROTECT} false --stack {stack}`, then `make up STACK={stack}`, "
            "then destroy.",
        )


def _version(text: str) -> tuple[int, ...]:
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part) for part in match.groups("0")) if match else ()


def _first_line(result: Result) -> str:
    lines = [line.strip() for line in (result.err or result.out).splitlines() if line.strip()]
    return lines[0] if lines else f"exit status {result.code}"
