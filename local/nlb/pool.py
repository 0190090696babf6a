"""A target group at work: health checks, the choice of a target, and the connections that are open to it."""

import asyncio
import random
import ssl
from collections.abc import Callable, Collection

from local.nlb import health
from local.nlb.connect import connect
from local.nlb.flow import Flow
from local.nlb.plans import Group
from local.nlb.proxy_header import Endpoint, header
from local.nlb.targets import Key, Reason, State, Target, Targets
from local.time_scale import scaled

# Whether security groups let the balancer reach a port of the targets.
Reaches = Callable[[int], bool]
# Seconds for the handshake with a target.
HANDSHAKE = 10.0


class Pool:
    """One group. Lives in the loop that made it, until ``stop``.

    source: the balancer's own address, None as long as no listener forwards here: nobody is checked then.
    """

    def __init__(self, group: Group, now: Callable[[], float]) -> None:
        self.group = group
        self.targets = Targets(group.rules, now)
        self.source: str | None = None
        self.reaches: Reaches = lambda port: True
        self.flows: dict[Flow, Key] = {}
        self._probing: dict[Target, asyncio.Task[None]] = {}
        self._task = asyncio.get_running_loop().create_task(self._check_for_ever())

    def change(self, group: Group, source: str | None, reaches: Reaches) -> None:
        """Apply changed attributes or another balancer."""
        self.group, self.source, self.reaches = group, source, reaches
        self.targets.rules = group.rules

    def registered(self, keys: Collection[Key]) -> None:
        """Apply the targets that the account has in the group, and end those that are drained."""
        self.targets.registered(keys)
        if self.group.terminate:
            for flow in [flow for flow, key in self.flows.items() if self.targets.terminated(key)]:
                flow.reset()
        self.targets.forget()

    def states(self) -> dict[Key, tuple[State, Reason]]:
        """Return state and reason of the group's targets."""
        return self.targets.states(in_use=self.source is not None)

    async def serve(self, flow: Flow, visitor: Endpoint, entrance: Endpoint, alpn: str | None) -> None:
        """Connect a new connection to a target. Raises OSError when there is no target or it refuses."""
        target = self.targets.next()
        if target is None:
            raise ConnectionRefusedError("no target")
        if not self.reaches(target.port):
            raise TimeoutError("no security-group rule lets it through")
        made = await connect(
            target.key, visitor if self.group.preserve else (entrance[0], 0), transparent=self.group.preserve
        )
        loop = asyncio.get_running_loop()
        try:
            if self.group.proxy_protocol:
                await loop.sock_sendall(made, header(visitor, entrance))
            await loop.create_connection(
                lambda: flow.target,
                sock=made,
                ssl=_unverified(alpn) if self.group.tls else None,
                # No name: an NLB sends no SNI to its targets.
                server_hostname="" if self.group.tls else None,
                ssl_handshake_timeout=HANDSHAKE if self.group.tls else None,
            )
        except BaseException:
            made.close()
            raise
        self.flows[flow] = target.key
        flow.join()

    def stop(self) -> None:
        """Stop the health checks and close the connections."""
        for task in (self._task, *self._probing.values()):
            task.cancel()
        for flow in list(self.flows):
            flow.reset()

    async def _check_for_ever(self) -> None:
        # Not all groups at the same moment.
        await asyncio.sleep(random.random() * scaled(self.group.check.interval))
        while True:
            if self.source is not None:
                for target in self.targets.to_check():
                    self._probe(target, self.source)
            await asyncio.sleep(scaled(self.group.check.interval))

    def _probe(self, target: Target, source: str) -> None:
        """Check each target, one check per target at a time; a slow check does not delay the others."""
        if target in self._probing:
            return
        task = asyncio.get_running_loop().create_task(self._check(target, source))
        self._probing[target] = task
        task.add_done_callback(lambda _: self._probing.pop(target, None))

    async def _check(self, target: Target, source: str) -> None:
        check = self.group.check
        passed = self.reaches(check.port or target.port) and await health.passes(
            target.key, check, source, announce=self.group.proxy_protocol, seconds=scaled(check.timeout)
        )
        self.targets.checked(target, passed)


def _unverified(alpn: str | None) -> ssl.SSLContext:
    """Return a TLS context that verifies no certificate: an NLB encrypts to its targets and does not verify them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols([alpn])
    return context
