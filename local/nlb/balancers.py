"""All NLBs of an account at work, in an event loop of their own."""

import asyncio
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from time import monotonic

from local.nlb import account, certificate, network
from local.nlb.door import Door
from local.nlb.plans import Account, Balancer
from local.nlb.pool import Pool
from local.nlb.security_groups import SecurityGroups
from local.nlb.targets import REGISTRATION, Key, Reason, State
from local.providers.aws.session import REFUSALS, Session
from local.time_scale import SCALE

LOG = logging.getLogger(__name__)
# Seconds between two looks at the account, when nobody tells of a change.
EVERY = 1.0
# Of a start or an end of the thread, in seconds.
PATIENCE = 10.0

Targets = Mapping[str, frozenset[Key]]


class Balancers:
    """What the account says, done: each balancer has an address of its own, open at its listeners' ports."""

    def __init__(self, session: Session, registration: float = REGISTRATION) -> None:
        """Prepare; ``registration`` is the seconds that AWS takes until a target may serve."""
        self._session, self._registration = session, registration
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="load balancers", daemon=True)
        self._account = Account(balancers={}, groups={})
        self._addresses: dict[str, str] = {}
        self._doors: dict[tuple[str, int], Door] = {}
        self._pools: dict[str, Pool] = {}
        self._woken = asyncio.Event()
        self._watch: Future[None] | None = None

    def start(self) -> None:
        """Start to watch the account."""
        network.open_way_back()
        self._thread.start()
        self._watch = asyncio.run_coroutine_threadsafe(self._follow(), self._loop)

    def stop(self) -> None:
        """Close every listener and connection, and remove the addresses."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
        network.close_way_back()

    def look(self) -> None:
        """Look at the account at once, because something changed, instead of at the next interval."""
        self._loop.call_soon_threadsafe(self._woken.set)

    def address(self, name: str) -> str | None:
        """Return the address of the balancer with this name or DNS name, or None before it exists."""
        for balancer in self._account.balancers.values():
            if name in (balancer.name, balancer.dns_name):
                return self._addresses.get(balancer.arn)
        return None

    def states(self, group: str) -> dict[Key, tuple[State, Reason]]:
        """Return state and reason of the targets of a group, by its ARN."""

        async def ask() -> dict[Key, tuple[State, Reason]]:
            pool = self._pools.get(group)
            return pool.states() if pool else {}

        return asyncio.run_coroutine_threadsafe(ask(), self._loop).result(PATIENCE)

    async def _follow(self) -> None:
        while True:
            self._woken.clear()
            try:
                found, targets, groups = await self._loop.run_in_executor(None, self._read)
                await self._apply(found, targets, groups)
            except (*REFUSALS, OSError, KeyError):
                LOG.exception("load balancers: the account cannot be followed; trying again")
            try:
                async with asyncio.timeout(EVERY):
                    await self._woken.wait()
            except TimeoutError:
                pass

    def _read(self) -> tuple[Account, Targets, SecurityGroups]:
        with self._session.lock:
            found = account.read(self._session, self._registration)
            targets = {arn: account.registered(self._session, arn) for arn in found.groups}
            return found, targets, account.security_groups(self._session)

    async def _apply(self, found: Account, targets: Targets, groups: SecurityGroups) -> None:
        self._remove(found)
        for balancer in found.balancers.values():
            if balancer.arn not in self._addresses:
                self._addresses[balancer.arn] = self._new_address()
        used = {listener.group: balancer for balancer in found.balancers.values() for listener in balancer.listeners}
        for arn, group in found.groups.items():
            pool = self._pools.get(arn) or Pool(group, _now)
            self._pools[arn] = pool
            owner = used.get(arn)
            source = self._addresses[owner.arn] if owner else None
            pool.change(group, source, partial(groups.reaches, owner.security_groups if owner else ()))
            pool.registered(targets[arn])
        for balancer in found.balancers.values():
            await self._open(balancer, groups)
        self._account = found

    def _remove(self, found: Account) -> None:
        """Remove what no longer exists or has changed, listeners first."""
        wanted = {
            (arn, listener.port): listener
            for arn, balancer in found.balancers.items()
            for listener in balancer.listeners
        }
        for key in [key for key, door in self._doors.items() if wanted.get(key) != door.listener]:
            self._doors.pop(key).close()
        for arn in [arn for arn in self._pools if arn not in found.groups]:
            self._pools.pop(arn).stop()
        for arn in [arn for arn in self._addresses if arn not in found.balancers]:
            network.remove(self._addresses.pop(arn))

    async def _open(self, balancer: Balancer, groups: SecurityGroups) -> None:
        for listener in balancer.listeners:
            key = (balancer.arn, listener.port)
            admits = partial(self._admits, groups, balancer.security_groups, listener.port)
            if key in self._doors:
                self._doors[key].admits = admits
                continue
            tls = listener.certificate and certificate.context(self._session, listener.certificate, listener.alpn)
            door = Door(listener, self._addresses[balancer.arn], self._pools[listener.group], admits)
            await door.open(tls or None)
            self._doors[key] = door

    @staticmethod
    def _admits(groups: SecurityGroups, ours: tuple[str, ...], port: int, address: str) -> bool:
        return groups.admits(ours, address, port)

    def _new_address(self) -> str:
        taken = set(self._addresses.values())
        address = next(each for each in map(network.BALANCERS.format, range(1, 255)) if each not in taken)
        network.add(address)
        return address

    async def _end(self) -> None:
        if self._watch:
            self._watch.cancel()
        self._remove(Account(balancers={}, groups={}))
        # Resets and cancellations take a turn of the loop each.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait(left, timeout=1) if left else None
        await self._loop.shutdown_default_executor()


def _now() -> float:
    return monotonic() * SCALE
