"""The roles of the pipelines: who becomes each, what it may, and for how long."""

from dataclasses import dataclass

from . import names, permissions, state, trust
from .documents import Document
from .settings import Settings
from .trust import Entrance

# Seconds. An `up` that outlives its session fails in the middle; the others end within an hour.
DEPLOY_SESSION, SESSION = 14400, 3600


@dataclass(frozen=True, kw_only=True)
class RolePlan:
    """One role. policies: inline, by name; AWS takes 10,240 characters of them together."""

    name: str
    description: str
    trust: Document
    policies: dict[str, Document]
    session: int = SESSION


def plans(settings: Settings) -> tuple[RolePlan, ...]:
    """Return all roles: a deployment and a preview for each stack, and one that checks all stacks for drift."""
    stacks = settings.environments
    deploys = (_deploy(settings, stack) for stack in stacks)
    return (*deploys, *(_preview(settings, stack) for stack in stacks), _drift(settings))


def _deploy(settings: Settings, stack: str) -> RolePlan:
    return RolePlan(
        name=names.deploy_role(stack),
        description=f"Brings up the stack {stack} of {names.PROJECT}",
        trust=trust.policy(settings, Entrance(workflow=trust.DEPLOY, environment=stack)),
        policies={
            "state": state.writers(settings, stack),
            "read": permissions.reads(settings),
            "write": permissions.writes(settings, stack),
        },
        session=DEPLOY_SESSION,
    )


def _preview(settings: Settings, stack: str) -> RolePlan:
    environment = names.preview_environment(stack)
    return RolePlan(
        name=names.preview_role(stack),
        description=f"Previews the stack {stack} of {names.PROJECT}, with code that somebody approved",
        trust=trust.policy(settings, Entrance(workflow=trust.PREVIEW, environment=environment)),
        policies={"state": state.readers(settings, (stack,)), "read": permissions.reads(settings)},
    )


def _drift(settings: Settings) -> RolePlan:
    return RolePlan(
        name=names.DRIFT_ROLE,
        description=f"Compares the stacks of {names.PROJECT} with what is there",
        trust=trust.policy(settings, Entrance(workflow=trust.DRIFT, environment=None)),
        policies={"state": state.readers(settings, settings.environments), "read": permissions.reads(settings)},
    )
