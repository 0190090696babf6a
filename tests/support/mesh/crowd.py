"""Workloads with every certificate that may be in use, each trusting whatever somebody may trust at that moment.

What istiod gives out comes from the real one; time is the program's clock. A certificate is in use for its lifetime
and for as long as an istiod may sign with what it had (``trust.OUT_OF_USE``); roots are trusted until every workload
has heard of the next ones (``trust.PROPAGATION``).
"""

import datetime
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from components import trust
from local.authority.credentials import Credential
from local.authority.rotating import Rotating
from tests.support.mesh.handshakes import Count, Party, Refusals

SERVICES = ("productpage", "details")
# Seconds between two workloads that ask for a certificate.
PAUSE = 0.25


@dataclass(kw_only=True)
class Crowd:
    """Asks istiod for certificates, keeps them, and lets all that may meet shake hands.

    asked, unsigned: requests for a certificate, and what went wrong with some; an agent asks again.
    """

    rotating: Rotating
    count: Count = field(default_factory=Count)
    unsigned: Refusals = field(default_factory=list)
    asked: int = 0
    _held: list[tuple[datetime.date, Credential]] = field(default_factory=list)
    # By the roots: who heard of them first, and the last day on which somebody did.
    _trusted: dict[str, tuple[str, datetime.date]] = field(default_factory=dict)
    _services: "itertools.cycle[str]" = field(default_factory=lambda: itertools.cycle(SERVICES))

    @property
    def today(self) -> datetime.date:
        """Of the program."""
        return self.rotating.mesh.world.session.today

    def ask(self, told: str) -> None:
        """One more workload starts, or renews its certificate."""
        self.asked += 1
        try:
            credential, roots = self.rotating.credential(next(self._services), told)
        except Exception as error:  # noqa: BLE001 - any failure is recorded, and a test reads it
            self.unsigned.append(f"{told}: {type(error).__name__}: {error}")
            return
        if not self._same(credential):
            self._held.append((self.today, credential))
        first, _ = self._trusted.get(roots, (told, self.today))
        self._trusted[roots] = first, self.today

    @contextmanager
    def asking(self, told: str) -> Iterator[None]:
        """One after the other while the block runs."""
        over = threading.Event()

        def ask() -> None:
            while not over.wait(PAUSE):
                self.ask(told)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(30)

    @property
    def holders(self) -> list[Credential]:
        """Every certificate that there was."""
        return [one for _, one in self._held]

    def parties(self) -> list[Party]:
        """Everybody who may be there: each certificate in use with each list of roots that is still trusted."""
        certificates = [one for day, one in self._held if self.today - day < trust.OUT_OF_USE]
        lists = [(roots, told) for roots, (told, day) in self._trusted.items() if self.today - day < trust.PROPAGATION]
        return [
            Party(credential=one, roots=roots, heard=told)
            for one, (roots, told) in itertools.product(certificates, lists)
        ]

    def shake(self) -> Refusals:
        """Each with each; what failed."""
        return self.count.everybody(self.parties())

    def _same(self, credential: Credential) -> bool:
        """Whether one of this moment, identity and signer is there: another would shake no other hands."""
        wanted = (credential.told, credential.identity, credential.signer)
        return any((one.told, one.identity, one.signer) == wanted for _, one in self._held)
