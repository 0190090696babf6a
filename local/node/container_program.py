"""What a container runs, by its spec and by what stands for its image: command line, environment and user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

from local.node.environment import UnsupportedError, expand
from local.node.surroundings import Surroundings, User, user
from local.processes import Process

Manifest = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Program:
    """Of one container, for one life of it."""

    spec: Manifest
    around: Surroundings
    argv: Sequence[str]
    environment: dict[str, str]
    user: User

    def start(self) -> Process:
        """Start the program in the pod's sandbox."""
        name: str = self.spec["name"]
        return self.around.sandbox.start(
            name,
            self.argv,
            self.environment,
            uid=self.user.uid,
            gid=self.user.gid,
            log=self.around.log(name),
            cwd=self._cwd,
            groups=self.user.groups,
            capabilities=self.user.capabilities,
        )

    def run(self, argv: Sequence[str], timeout: float) -> "CompletedProcess[str]":
        """Run a command beside the program, as its user in its environment. Raises subprocess.TimeoutExpired."""
        return self.around.sandbox.run(
            argv,
            self.environment,
            uid=self.user.uid,
            gid=self.user.gid,
            timeout=timeout,
            cwd=self._cwd,
            groups=self.user.groups,
            capabilities=self.user.capabilities,
        )

    @property
    def _cwd(self) -> str:
        return self.spec.get("workingDir") or "/"


def program(spec: Manifest, around: Surroundings) -> Program:
    """Return the program of a container's spec.

    Raises UnsupportedError for an image without a stand-in, NotThereError and NotAllowedError.
    """
    image = around.image(spec["image"])
    if image is None:
        raise UnsupportedError(f"no program stands for the image {spec['image']}")
    environment = {**image.env, **around.environment(spec)}
    whom = user(spec, around.pod, image)
    command, arguments = ([expand(each, environment) for each in spec.get(key) or []] for key in ("command", "args"))
    argv = [*(command or image.argv), *arguments]
    return Program(spec=spec, around=around, argv=argv, environment=environment, user=whom)
