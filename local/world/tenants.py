"""An app team beside a stack: its own program on the same engine, in the cluster as the role that the stack lets in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.control_plane.api import Api
from local.control_plane.control_plane import ControlPlane
from local.engine import engine
from local.engine.session import Session
from local.providers.aws.provider import Aws
from local.providers.kubernetes.api_cluster import ApiCluster
from local.providers.kubernetes.kept_cluster import Cluster
from local.providers.kubernetes.provider import Kubernetes
from local.providers.kubernetes.restricted_cluster import Restricted
from local.providers.kubernetes.target import Target
from local.tools import tools
from local.world.world import World

APP_TEAM = tools.ROOT / "examples" / "app-team"
# Everybody who has signed in.
AUTHENTICATED = "system:authenticated"


@dataclass(frozen=True, kw_only=True)
class User:
    """Who an IAM role is to the API server, by the access entry that EKS has of it."""

    name: str
    groups: tuple[str, ...]

    @classmethod
    def of(cls, world: World, role: str) -> "User":
        """Return the user of a role. Raises LookupError for a role without an access entry: EKS would not admit it."""
        entries = world.account.session.kept.entries
        for (_, principal), entry in entries.items():
            if principal == role:
                return cls(name=role, groups=(*entry.get("kubernetesGroups", ()), AUTHENTICATED))
        raise LookupError(f"{role} has no access entry; there are {sorted(each for _, each in entries)}")


@dataclass(frozen=True, kw_only=True)
class AsUser:
    """A control plane as one of its users meets it. kubeconfig: helm's, and so none: helm is not theirs."""

    api: Api
    kubeconfig: Path


def in_memory(world: World, user: User) -> Target:
    """Return the cluster that only stores objects; it checks the user's roles itself."""
    cluster = world.cluster.cluster
    assert isinstance(cluster, Cluster)
    return Restricted(cluster, user.name, user.groups)


def real(control_plane: ControlPlane, user: User, folder: Path) -> Target:
    """Return the API server as the cluster, which decides itself: every request is made on behalf of the user."""
    seen = AsUser(api=control_plane.api.as_user(user.name, user.groups), kubeconfig=folder / "none")
    return ApiCluster(seen, folder, charts={})


@contextmanager
def beside(world: World, target: Target, *, stack: str, source: Path = APP_TEAM) -> Iterator[Session]:
    """Open the team's stack, not yet brought up; ``target`` is the cluster as the team sees it."""
    stand_ins = [Aws(world.account.session), Kubernetes(cluster=target)]
    with engine.beside(world.session, source, stack, stand_ins) as session:
        yield session
