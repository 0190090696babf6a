"""Comparison of the cluster with what the stack asks for: changes that are still in progress or have failed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..settings import names
from .authority import SAME_DAY, TrustPlan
from .bundle import CA_CERT
from .made_certificates import Certificate

_SECRET = f"Secret {names.ISTIO_SYSTEM}/{names.CA_SECRET}"


@dataclass(frozen=True, kw_only=True)
class Served:
    """What one istiod reveals of its signing key: the certificate that it issued to itself with that key."""

    by: str | None = None
    """Common name of the authority whose key it is; ``None`` if the Secret does not list it."""
    root: str | None = None
    """Common name of the trusted root at the end of its chain; ``None`` if there is none."""
    error: str | None = None
    """Reason why the certificate could not be read."""


@dataclass(frozen=True, kw_only=True)
class Live:
    """Certificates in the cluster."""

    signing: Certificate
    """Certificate in ca-cert.pem."""
    chain: tuple[Certificate, ...]
    """Certificates in cert-chain.pem."""
    roots: tuple[Certificate, ...]
    """Certificates in root-cert.pem."""
    namespaces: Mapping[str, frozenset[str]]
    """Fingerprints of the roots published in each namespace that istiod manages."""
    istiods: Mapping[str, Served]
    """Every istiod, by the name of its pod."""
    left: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fingerprints of the roots published in each namespace that istiod no longer manages."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One difference."""

    what: str
    """What differs."""
    remedy: str = ""
    """What to do about it."""
    note: bool = False
    """Whether it is for information only and needs no action."""

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


def compare(plan: TrustPlan, fingerprints: Sequence[str] | None, live: Live) -> list[Finding]:
    """Return every difference, from the Secret to the namespaces of the proxies.

    Args:
        plan: what the settings ask for.
        fingerprints: of the roots by ascending number, from the outputs of the last ``up``, if they can be read.
        live: the certificates in the cluster.
    """
    return [*_secret(plan, fingerprints, live), *_istiods(live), *_namespaces(live), *_dates(plan, live)]


def _secret(plan: TrustPlan, fingerprints: Sequence[str] | None, live: Live) -> Iterator[Finding]:
    remedy = "Run `make up` to rewrite it; if something else writes it, find out what."
    wanted = next(each.common_name for each in plan.intermediates if each.signs)
    if live.signing.name != wanted:
        yield Finding(what=f"{_SECRET} signs with {live.signing.name}, but the settings say {wanted}.", remedy=remedy)
    root = next(each.common_name for each in plan.roots if each.signs)
    if live.chain[-1].name != root:
        yield Finding(
            what=f"The chain in {_SECRET} ends at {live.chain[-1].name}, but the settings say {root}.", remedy=remedy
        )
    found, listed = [each.name for each in live.roots], [each.common_name for each in plan.roots]
    if found != listed:
        yield Finding(what=f"{_SECRET} trusts {_all(found)}, but the settings say {_all(listed)}.", remedy=remedy)
    elif fingerprints is not None and [each.fingerprint for each in live.roots] != list(fingerprints):
        yield Finding(
            what=f"{_SECRET} trusts other certificates than those in the outputs, with the same numbers.", remedy=remedy
        )


def _istiods(live: Live) -> Iterator[Finding]:
    if not live.istiods:
        yield Finding(what="No istiod is running.", remedy="Run `kubectl -n istio-system get pods` to see why.")
    for pod, served in live.istiods.items():
        if served.error:
            yield Finding(what=f"{pod} could not be queried: {served.error}.", remedy="Run the command again.")
        elif served.by != live.signing.name or served.root != live.chain[-1].name:
            yield Finding(
                what=f"{pod} signs with {served.by or 'another key'} below {served.root or 'an unknown root'}, but "
                f"{CA_CERT} is {live.signing.name} below {live.chain[-1].name}.",
                remedy="Wait two minutes for the kubelet to update the Secret in the pod; if it does not change, read "
                "the log of the pod.",
            )


def _namespaces(live: Live) -> Iterator[Finding]:
    wanted = frozenset(each.fingerprint for each in live.roots)
    behind = sorted(name for name, roots in live.namespaces.items() if roots != wanted)
    if behind:
        yield Finding(
            what=f"{names.ROOT_CONFIG_MAP} has other roots than {_SECRET} in {_all(behind)}.",
            remedy="Wait before the next step of a rotation; istiod updates it after it has loaded the Secret.",
        )
    left = sorted(name for name, roots in live.left.items() if roots != wanted)
    if left:
        yield Finding(
            what=f"{names.ROOT_CONFIG_MAP} has other roots in {_all(left)}, which istiod no longer manages.",
            remedy="Delete it; istiod will not.",
            note=True,
        )


def _dates(plan: TrustPlan, live: Live) -> Iterator[Finding]:
    """Compare issue dates: a certificate issued later than the settings say also expires later, and needs no action."""
    listed = {each.common_name: each for each in (*plan.roots, *plan.intermediates)}
    for certificate in (live.signing, *live.roots):
        authority = listed.get(certificate.name)
        if authority is None or abs(certificate.starts.date() - authority.issued) < SAME_DAY:
            continue
        early = certificate.starts.date() < authority.issued
        yield Finding(
            what=f"{certificate.name} was issued on {certificate.starts:%Y-%m-%d} and expires on "
            f"{certificate.ends:%Y-%m-%d}; the settings say that it was issued on {authority.issued}.",
            remedy="It expires earlier than the settings imply. Use the dates printed here; commands without --live "
            "show a later date."
            if early
            else "",
            note=not early,
        )


def _all(texts: Sequence[str]) -> str:
    return ", ".join(texts) or "nothing"
