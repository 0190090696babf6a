"""When a container that has ended is started again: by its restart policy, and later each time."""

from local.node.container_status import Role

# The kubelet waits up to five minutes between restarts; here nobody has that time.
MAX_BACK_OFF = 30.0
# A container that ran this long starts with a clean slate.
STEADY = 60.0


def comes_back(role: Role, policy: str, code: int) -> bool:
    """Check whether a container that ended with this exit code is started again."""
    if role is Role.SIDECAR:
        return True
    if role is Role.INIT:
        return code != 0 and policy != "Never"
    return bool(policy == "Always" or (policy == "OnFailure" and code))


class BackOff:
    """Of one container: the first restart follows at once, each further one later."""

    def __init__(self) -> None:
        # Ends in a row that came soon.
        self._soon = 0

    def after(self, lived: float) -> float:
        """Return the seconds to wait after a life of so many seconds."""
        self._soon = 0 if lived > STEADY else self._soon
        seconds = min(MAX_BACK_OFF, 2.0 ** (self._soon - 1)) if self._soon else 0.0
        self._soon += 1
        return seconds
