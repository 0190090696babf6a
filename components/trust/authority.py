"""Keys and certificates of the authority, the ones that sign, and the resulting phase of a rotation."""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..settings import Certificates, Generations

# The tls provider counts a validity in hours from the `up` that creates the certificate, and recreates it when the
# number changes. So a lifetime is a fixed number of days of 24 hours: calendar years would depend on the date.
# Changing one of these re-issues every certificate of its kind at once: for roots that is an outage.
ROOT_LIFETIME = datetime.timedelta(days=3650)
INTERMEDIATE_LIFETIME = datetime.timedelta(days=365)
# The default of istiod and proxies (istio security/pkg/cmd/constants.go, DefaultWorkloadCertTTL). This stack makes
# istiod reject longer ones (MAX_WORKLOAD_CERT_TTL): a root is dropped when nothing that it signed can be in use.
WORKLOAD_LIFETIME = datetime.timedelta(days=1)

# A certificate that is issued within less than this of the day in the settings counts as issued on it: the file may be
# written late in the evening, and an `up` may end after midnight.
SAME_DAY = datetime.timedelta(days=2)

# A new root makes every proxy request a certificate at once, and istiod signs them all: 0.02 ms each with P-256,
# 4.6 ms with RSA 4096 (Go 1.26, one core). Proxies verify both in 0.05 ms per link of a chain, P-384 in 0.34 ms.
ALGORITHM = "ECDSA"
CURVE = "P256"

# A CA has no extended key usage: Go would then require it in the whole chain.
USES = ("cert_signing", "crl_signing", "digital_signature")
# istiod's key signs workloads and no further CA. The root limits it as well, so that every verified chain obeys it.
ROOT_PATH_LENGTH = 1
INTERMEDIATE_PATH_LENGTH = 0

# Upper bound of an organisation name (RFC 5280, appendix A.1).
_ORGANIZATION_LIMIT = 64


class Phase(StrEnum):
    """Phase of a root rotation, derived from the settings."""

    STABLE = "stable"
    """One root."""
    TRUST_BOTH = "trust-both"
    """Two roots are trusted, the older signs."""
    SIGN_NEW = "sign-new"
    """Two roots are trusted, the newer signs."""


@dataclass(frozen=True, kw_only=True)
class Authority:
    """One generation of a root or an intermediate, with its own key."""

    number: int
    """Number of the generation."""
    issued: datetime.date
    """Day in the settings; the certificate starts with the first `up` on or after it."""
    ends: datetime.date
    """Earliest day on which it may expire: the real expiry is later by the delay of that `up`."""
    signs: bool
    """Whether ``cacerts`` uses its key now."""
    common_name: str
    """Common name of its certificate."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The certificate of one intermediate below one root."""

    root: int
    """Number of the root that signs it."""
    intermediate: int
    """Number of the intermediate."""


@dataclass(frozen=True, kw_only=True)
class TrustPlan:
    """Plan of the certificate authority."""

    phase: Phase
    """Phase of a root rotation."""
    roots: tuple[Authority, ...]
    """Roots by ascending number; every root is trusted."""
    intermediates: tuple[Authority, ...]
    """Intermediates by ascending number."""
    pairs: tuple[Pair, ...]
    """Every root with every intermediate that does not outlive it.

    All of them exist at once, so that letting another generation sign, or going back, only swaps existing certificates.
    """
    signing: Pair
    """Pair in ``cacerts``."""
    organization: str
    """Organization of every subject: the trust domain."""
    restarted: datetime.datetime | None = None
    """Time since which every workload has been restarted, from the settings."""


def plan(certificates: Certificates, trust_domain: str) -> TrustPlan:
    """Return the plan that follows from the settings.

    Raises:
        ValueError: the signing pair cannot exist; the rules report the reason.
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
    """Return the phase of a root rotation; the root with the higher number is the newer one."""
    if len(roots.generations) == 1:
        return Phase.STABLE
    newest = max(generation.number for generation in roots.generations)
    return Phase.SIGN_NEW if roots.signing == newest else Phase.TRUST_BOTH


def state(plan: TrustPlan) -> dict[str, Any]:
    """Return the plan as an output of the stack: phase, numbers and dates, without keys."""
    return {
        "phase": plan.phase.value,
        "root": _state(plan.signing.root, plan.roots),
        "intermediate": _state(plan.signing.intermediate, plan.intermediates),
    }


def held(plan: TrustPlan) -> str:
    """Return the generations in ``cacerts`` as JSON: the trusted roots, the signing root and intermediate; no keys."""
    roots = [each.number for each in plan.roots]
    return json.dumps({"roots": roots, "root": plan.signing.root, "intermediate": plan.signing.intermediate})


def state_of(held: str) -> dict[str, Any]:
    """Convert the text of ``held`` to the shape of ``state``, without dates and non-signing intermediates."""
    parsed = json.loads(held)
    return {
        "root": {"signing": parsed["root"], "generations": [{"number": number} for number in parsed["roots"]]},
        "intermediate": {"signing": parsed["intermediate"], "generations": [{"number": parsed["intermediate"]}]},
    }


def hours(lifetime: datetime.timedelta) -> int:
    """Return a lifetime in hours, the unit of the tls provider."""
    return int(lifetime / datetime.timedelta(hours=1))


def _authorities(kind: str, settings: Generations, lifetime: datetime.timedelta) -> tuple[Authority, ...]:
    return tuple(
        Authority(
            number=generation.number,
            issued=generation.issued,
            ends=generation.issued + lifetime,
            signs=generation.number == settings.signing,
            # The number distinguishes the names of two roots: verifiers look up issuers by name.
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
