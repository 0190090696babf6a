"""Host of a gateway, with the namespace that may claim it."""

from dataclasses import dataclass
from typing import Self

ANY = "*"
"""Every host."""


@dataclass(frozen=True, kw_only=True)
class HostClaim:
    """``namespace/host`` of a gateway's settings: VirtualServices of the namespace may serve the host."""

    namespace: str
    """Kubernetes namespace."""
    host: str
    """Full name, wildcard such as ``*.example.org``, or ``*``."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a host of the settings, whose form the settings have already checked."""
        namespace, _, host = text.partition("/")
        return cls(namespace=namespace, host=host)

    def __str__(self) -> str:
        """Return the claim in the notation of the settings and of Istio's Gateway."""
        return f"{self.namespace}/{self.host}"

    @property
    def is_wildcard(self) -> bool:
        """Whether the claim covers more than one host."""
        return self.host.startswith(ANY)

    def covers(self, other: "HostClaim") -> bool:
        """Check whether this host is a wildcard that matches the other host; a host does not cover itself."""
        if self.host == other.host or not self.is_wildcard:
            return False
        return self.host == ANY or other.host.removeprefix(ANY).endswith(self.host[1:])
