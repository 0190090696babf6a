"""Which keys and certificates exist, which of them sign, and the phase of a rotation that this amounts to."""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..settings import Certificates, Generations

# The tls provider counts a validity in hours from the `up` that makes the certificate and makes it anew when the
# number changes. So a lifetime is a fixed number of days of 24 hours: calendar years would depend on the date.
# Editing one of these re-issues every certificate of its kind at once: for roots that is an outage.
ROOT_LIFETIME = datetime.timedelta(days=3650)
INTERMEDIATE_LIFETIME = datetime.timedelta(days=365)
# What istiod gives by default and proxies ask for (istio security/pkg/cmd/constants.go, DefaultWorkloadCertTTL). More,
# istiod is told to refuse (MAX_WORKLOAD_CERT_TTL): a root is dropped when nothing that it signed can be in use.
WORKLOAD_LIFETIME = datetime.timedelta(days=1)

# A certificate that is made within less of the day in the settings counts as made on it: a file may be written late in
# the evening, and an `up` may go on past midnight.
SAME_DAY = datetime.timedelta(days=2)

# A new root makes every proxy ask for a certificate at once, and istiod signs them all: 0.02 ms each with P-256,
# 4.6 ms with RSA 4096 (Go 1.26, one core). Proxies verify both in 0.05 ms per link of a chain, P-384 in 0.34 ms.
ALGORITHM = "ECDSA"
CURVE = "P256"

# No extended key usage on a CA: Go then demands it of the whole chain.
USES = ("cert_signing", "crl_signing", "digital_signature")
# istiod's key signs workloads and no further CA. The root says so too, so that it holds on every verified chain.
ROOT_PATH_LENGTH = 1
INTERMEDIATE_PATH_LENGTH = 0

# Upper bound of an organisation name (RFC 5280, appendix A.1).
_ORGANIZATION_LIMIT = 64


class Phase(StrEnum):
    """How far a replacement of the root has come; follows from the settings, never set."""

    STABLE = "stable"
    """One root."""
    TRUST_BOTH = "trust-both"
    """Two roots are trusted, the older signs."""
    SIGN_NEW = "sign-new"
    """Two roots are trusted, the newer signs."""


@dataclass(frozen=True, kw_only=True)
class Authority:
    """One generation of root or intermediate: a key of its own.

    issued: day the settings name; the certificate starts with the first `up` on or after it.
    ends: day before which it is valid for certain; up to the delay of that `up` earlier than its real end.
    signs: whether ``cacerts`` makes use of its key now.
    """

    number: int
    issued: datetime.date
    ends: datetime.date
    signs: bool
    common_name: str


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The certificate that one root gives to one intermediate; both are generation numbers."""

    root: int
    intermediate: int


@dataclass(frozen=True, kw_only=True)
class TrustPlan:
    """What the certificate authority consists of.

    roots, intermediates: by ascending number; every root is trusted.
    pairs: every root with every intermediate that does not outlive it. All of them exist at once, so that letting
    another generation sign, and going back, swaps certificates that stay as they are.
    signing: the pair in ``cacerts``.
    organization: of every subject, the trust domain.
    restarted: moment since when every workload has been restarted, as the settings say.
    """

    phase: Phase
    roots: tuple[Authority, ...]
    intermediates: tuple[Authority, ...]
    pairs: tuple[Pair, ...]
    signing: Pair
    organization: str
    restarted: datetime.datetime | None = None


def plan(certificates: Certificates, trust_domain: str) -> TrustPlan:
    """What the settings ask for.

    Raises ValueError when the signing pair cannot exist; ``problems`` says why in a person's words.
    """
    roots = _authorities("Root", certificates.root, ROOT_LIFETIME)
    intermediates = _authorities("Intermediate", certificates.intermediate, INTERMEDIATE_LIFETIME)
    pairs = tuple(_pairs(roots, intermediates))
    signing = Pair(root=certificates.root.signing, intermediate=certificates.intermediate.signing)
    if signing not in pairs:
        raise ValueError(f"root {signing.root} cannot give intermediate {signing.intermediate} a certificate")
    return TrustPlan(
        phase=phase(certificates.root),
        roots=roots,
        intermediates=intermediates,
        pairs=pairs,
        signing=signing,
        organization=trust_domain[:_ORGANIZATION_LIMIT],
        restarted=certificates.workloads_restarted,
    )


def phase(roots: Generations) -> Phase:
    """Phase of a replacement of the root; the higher number is the newer root."""
    if len(roots.generations) == 1:
        return Phase.STABLE
    newest = max(generation.number for generation in roots.generations)
    return Phase.SIGN_NEW if roots.signing == newest else Phase.TRUST_BOTH


def state(plan: TrustPlan) -> dict[str, Any]:
    """The plan as the stack puts it out: phase, numbers, dates; no key."""
    return {
        "phase": plan.phase.value,
        "root": _state(plan.signing.root, plan.roots),
        "intermediate": _state(plan.signing.intermediate, plan.intermediates),
    }


def held(plan: TrustPlan) -> str:
    """What ``cacerts`` holds, as JSON: numbers of the trusted roots, of the signing root and intermediate; no key."""
    roots = [each.number for each in plan.roots]
    return json.dumps({"roots": roots, "root": plan.signing.root, "intermediate": plan.signing.intermediate})


def state_of(held: str) -> dict[str, Any]:
    """``held`` in the shape of ``state``, without dates; the intermediate that does not sign is not in it."""
    found = json.loads(held)
    return {
        "root": {"signing": found["root"], "generations": [{"number": number} for number in found["roots"]]},
        "intermediate": {"signing": found["intermediate"], "generations": [{"number": found["intermediate"]}]},
    }


def hours(lifetime: datetime.timedelta) -> int:
    """A lifetime in the tls provider's unit."""
    return int(lifetime / datetime.timedelta(hours=1))


def _authorities(kind: str, settings: Generations, lifetime: datetime.timedelta) -> tuple[Authority, ...]:
    return tuple(
        Authority(
            number=generation.number,
            issued=generation.issued,
            ends=generation.issued + lifetime,
            signs=generation.number == settings.signing,
            # The number keeps the names of two roots apart: verifiers look issuers up by name.
            common_name=f"{kind} CA {generation.number}",
        )
        for generation in sorted(settings.generations, key=lambda generation: generation.number)
    )


def _pairs(roots: Iterable[Authority], intermediates: tuple[Authority, ...]) -> Iterable[Pair]:
    for root in roots:
        for intermediate in intermediates:
            if intermediate.ends <= root.ends:
                yield Pair(root=root.number, intermediate=intermediate.number)


def _state(signing: int, authorities: tuple[Authority, ...]) -> dict[str, Any]:
    generations = [
        {"number": each.number, "issued": each.issued.isoformat(), "ends": each.ends.isoformat()}
        for each in authorities
    ]
    return {"signing": signing, "generations": generations}
