"""The way in: a stack's NLBs, and the load balancer controller's part, in this machine's network.

``running`` needs a machine (``local.machine``): it sets addresses, routes and packet marks of the network it is in.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local.control_plane.api import Api
from local.nlb.account import Registry
from local.nlb.balancers import Balancers
from local.nlb.bindings import MANAGER, Bindings
from local.nlb.readiness_gate import ReadinessGate
from local.nlb.targets import REGISTRATION, Key, Reason, State
from local.processes import poll
from local.providers.aws.session import Session


class LoadBalancers:
    """What runs. Asked from any thread."""

    def __init__(self, balancers: Balancers) -> None:
        self._balancers = balancers

    def address(self, name: str, *, within: float = 0) -> str:
        """Wait for the NLB with this name or DNS name and return its address. Raises LookupError."""
        if not poll(lambda: self._balancers.address(name) is not None, within=within):
            raise LookupError(f"there is no load balancer {name}")
        return self._balancers.address(name) or ""

    def states(self, group: str) -> dict[Key, tuple[State, Reason]]:
        """Return state and reason of a group's targets, by its ARN, in the words of DescribeTargetHealth."""
        return self._balancers.states(group)

    def until(self, group: str, good: Callable[[dict[Key, tuple[State, Reason]]], bool], *, within: float) -> None:
        """Wait until a group's targets have the expected states. Raises TimeoutError with the states they have."""
        if not poll(lambda: good(self.states(group)), within=within):
            raise TimeoutError(f"after {within:.0f} s the targets of {group} are {self.states(group)}")


@contextmanager
def running(session: Session, api: Api, *, registration: float = REGISTRATION) -> Iterator[LoadBalancers]:
    """Run the load balancers during the block; then close every connection and remove the addresses.

    registration: seconds in AWS until a target may serve.
    """
    balancers = Balancers(session, registration)
    bindings = Bindings(api, Registry(session), balancers.states, balancers.look)
    gate = ReadinessGate(bindings.gates)
    balancers.start()
    bindings.start()
    gate.start()
    configuration = gate.configuration()
    try:
        api.apply(configuration, field_manager=MANAGER, force=True)
        yield LoadBalancers(balancers)
    finally:
        # First: a webhook that nobody answers keeps pods from being made.
        _forget(api, configuration["metadata"]["name"])
        gate.stop()
        bindings.stop()
        balancers.stop()


def _forget(api: Api, name: str) -> None:
    """Remove the webhook configuration, unless the API server has already ended."""
    try:
        api.delete("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", name)
    except OSError:
        return
