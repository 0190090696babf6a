"""What becomes of the targets of one group, and which of them gets the next connection. Seconds are AWS's."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from components.gateways.drain import NLB_LAG

# From the registration of a target until an NLB sends it connections, health checks aside; two to three minutes are
# seen, and nothing is promised.
REGISTRATION = 120.0

State = Literal["initial", "healthy", "unhealthy", "draining", "unused"]
Reason = Literal[
    "",
    "Elb.RegistrationInProgress",
    "Elb.InitialHealthChecking",
    "Target.FailedHealthChecks",
    "Target.DeregistrationInProgress",
    "Target.NotInUse",
]
# Address and port.
Key = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Of one target group. deregistration: for how long a target that goes is draining."""

    healthy_threshold: int = 2
    unhealthy_threshold: int = 2
    deregistration: float = 300
    registration: float = REGISTRATION
    lag: float = NLB_LAG


# By identity: what is registered anew is another target.
@dataclass(eq=False)
class Target:
    """passed, failed: health checks in a row. gone: since when it is deregistered."""

    address: str
    port: int
    since: float
    healthy: bool = False
    failing: bool = False
    passed: int = 0
    failed: int = 0
    gone: float | None = None

    @property
    def key(self) -> Key:
        """Return the target's key in its group."""
        return self.address, self.port


class Targets:
    """The targets of one group. ``now``: AWS's clock, in seconds. Not for several threads."""

    def __init__(self, rules: Rules, now: Callable[[], float]) -> None:
        self.rules = rules
        self._now = now
        self._targets: dict[Key, Target] = {}
        self._turn = 0

    def registered(self, wanted: Collection[Key]) -> None:
        """Apply the registered targets: deregister missing ones, and start new ones from the initial state."""
        now = self._now()
        for key in wanted:
            known = self._targets.get(key)
            if known is None or known.gone is not None:
                self._targets[key] = Target(address=key[0], port=key[1], since=now)
        for key, target in self._targets.items():
            if key not in wanted and target.gone is None:
                target.gone = now

    def forget(self) -> list[Key]:
        """Remove and return the targets whose deregistration is over and that get no more traffic."""
        over = [key for key, target in self._targets.items() if target.gone is not None and self._over(target)]
        for key in over:
            del self._targets[key]
        return over

    def to_check(self) -> list[Target]:
        """Return the targets to health-check: all that are not deregistered."""
        return [target for target in self._targets.values() if target.gone is None]

    def checked(self, target: Target, passed: bool) -> None:
        """Record the result of a health check.

        A target registered again in the meantime starts from its initial state.
        """
        target.passed, target.failed = (target.passed + 1, 0) if passed else (0, target.failed + 1)
        if target.passed >= self.rules.healthy_threshold and not self._registering(target):
            target.healthy, target.failing = True, False
        if target.failed >= self.rules.unhealthy_threshold:
            target.healthy, target.failing = False, not self._registering(target)

    def next(self) -> Target | None:
        """Return the target of a new connection, in turn.

        Includes deregistered ones for the lag, failing ones if none is healthy.
        """
        serving = [target for target in self._in_group() if target.healthy]
        choice = (serving or [target for target in self._in_group() if target.failing]) + list(self._lagging())
        if not choice:
            return None
        self._turn += 1
        return choice[self._turn % len(choice)]

    def terminated(self, key: Key) -> bool:
        """Check whether a target's deregistration delay is over, so that the group may now end its connections."""
        target = self._targets.get(key)
        return target is None or (target.gone is not None and self._drained(target))

    def states(self, *, in_use: bool) -> dict[Key, tuple[State, Reason]]:
        """Return the states as DescribeTargetHealth reports them; ``in_use``: a listener forwards to the group."""
        return {key: self._state(target, in_use) for key, target in self._targets.items() if not self._drained(target)}

    def _state(self, target: Target, in_use: bool) -> tuple[State, Reason]:
        if target.gone is not None:
            return "draining", "Target.DeregistrationInProgress"
        if not in_use:
            return "unused", "Target.NotInUse"
        if target.healthy:
            return "healthy", ""
        if target.failing:
            return "unhealthy", "Target.FailedHealthChecks"
        return "initial", "Elb.RegistrationInProgress" if self._registering(target) else "Elb.InitialHealthChecking"

    def _registering(self, target: Target) -> bool:
        return self._now() < target.since + self.rules.registration

    def _in_group(self) -> Iterable[Target]:
        return (target for target in self._targets.values() if target.gone is None)

    def _lagging(self) -> Iterable[Target]:
        return (target for target in self._targets.values() if target.healthy and self._lags(target))

    def _lags(self, target: Target) -> bool:
        return target.gone is not None and self._now() < target.gone + self.rules.lag

    def _drained(self, target: Target) -> bool:
        return target.gone is not None and self._now() >= target.gone + self.rules.deregistration

    def _over(self, target: Target) -> bool:
        return self._drained(target) and not self._lags(target)
