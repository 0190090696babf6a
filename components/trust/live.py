"""What the cluster has, held against what the stack asks for: where a change is still under way, or went wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..settings import names
from .authority import SAME_DAY, TrustPlan
from .bundle import CA_CERT
from .made_certificates import Certificate

_SECRET = f"Secret {names.ISTIO_SYSTEM}/{names.CA_SECRET}"


@dataclass(frozen=True, kw_only=True)
class Served:
    """What one istiod shows of the key it signs with: the certificate it has made for itself with that key.

    by: common name of the listed authority whose key it is, ``None`` when it is none of the Secret's.
    root: common name of the trusted root that its chain ends at, ``None`` when it ends at none.
    error: why nothing could be seen.
    """

    by: str | None = None
    root: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Live:
    """The cluster.

    signing: ca-cert.pem. chain: cert-chain.pem. roots: root-cert.pem.
    namespaces: fingerprints of the roots that each namespace is told which istiod looks after. left: the same of
    those that it no longer does. istiods: every istiod by its pod's name.
    """

    signing: Certificate
    chain: tuple[Certificate, ...]
    roots: tuple[Certificate, ...]
    namespaces: Mapping[str, frozenset[str]]
    istiods: Mapping[str, Served]
    left: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One difference; ``note`` is worth knowing and nothing to act on."""

    what: str
    remedy: str = ""
    note: bool = False

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


def compare(plan: TrustPlan, fingerprints: Sequence[str] | None, live: Live) -> list[Finding]:
    """Every difference, from the Secret to the proxies' namespaces.

    fingerprints: of the roots by ascending number as the last ``up`` put them out, where that can be read.
    """
    return [*_secret(plan, fingerprints, live), *_istiods(live), *_namespaces(live), *_dates(plan, live)]


def _secret(plan: TrustPlan, fingerprints: Sequence[str] | None, live: Live) -> Iterator[Finding]:
    remedy = "`make up` writes it; if something else does, find out what."
    wanted = next(each.common_name for each in plan.intermediates if each.signs)
    if live.signing.name != wanted:
        yield Finding(what=f"{_SECRET} signs with {live.signing.name}, the settings say {wanted}.", remedy=remedy)
    root = next(each.common_name for each in plan.roots if each.signs)
    if live.chain[-1].name != root:
        yield Finding(
            what=f"The chain in {_SECRET} ends at {live.chain[-1].name}, the settings say {root}.", remedy=remedy
        )
    found, listed = [each.name for each in live.roots], [each.common_name for each in plan.roots]
    if found != listed:
        yield Finding(what=f"{_SECRET} trusts {_all(found)}, the settings say {_all(listed)}.", remedy=remedy)
    elif fingerprints is not None and [each.fingerprint for each in live.roots] != list(fingerprints):
        yield Finding(
            what=f"{_SECRET} trusts other certificates than the outputs name, under the same numbers.", remedy=remedy
        )


def _istiods(live: Live) -> Iterator[Finding]:
    if not live.istiods:
        yield Finding(what="No istiod is there.", remedy="`kubectl -n istio-system get pods` says why.")
    for pod, served in live.istiods.items():
        if served.error:
            yield Finding(what=f"{pod} could not be asked: {served.error}.", remedy="Ask again.")
        elif served.by != live.signing.name or served.root != live.chain[-1].name:
            yield Finding(
                what=f"{pod} signs with {served.by or 'another key'} below {served.root or 'a root nobody lists'}, "
                f"{CA_CERT} is {live.signing.name} below {live.chain[-1].name}.",
                remedy="The kubelet takes two minutes to bring a changed Secret; then its log says why it stays.",
            )


def _namespaces(live: Live) -> Iterator[Finding]:
    wanted = frozenset(each.fingerprint for each in live.roots)
    behind = sorted(name for name, roots in live.namespaces.items() if roots != wanted)
    if behind:
        yield Finding(
            what=f"{names.ROOT_CONFIG_MAP} has other roots than {_SECRET} in {_all(behind)}.",
            remedy="Wait for it before the next step of a rotation; istiod writes it when it has taken the Secret.",
        )
    left = sorted(name for name, roots in live.left.items() if roots != wanted)
    if left:
        yield Finding(
            what=f"{names.ROOT_CONFIG_MAP} has other roots in {_all(left)}, which istiod no longer looks after.",
            remedy="Delete it, or nobody ever will.",
            note=True,
        )


def _dates(plan: TrustPlan, live: Live) -> Iterator[Finding]:
    """A later start is a later end: no warning comes late. An earlier one is an earlier end."""
    listed = {each.common_name: each for each in (*plan.roots, *plan.intermediates)}
    for certificate in (live.signing, *live.roots):
        authority = listed.get(certificate.name)
        if authority is None or abs(certificate.starts.date() - authority.issued) < SAME_DAY:
            continue
        early = certificate.starts.date() < authority.issued
        yield Finding(
            what=f"{certificate.name} was made on {certificate.starts:%Y-%m-%d} and ends on "
            f"{certificate.ends:%Y-%m-%d}; the settings say {authority.issued} and count from there.",
            remedy="It ends earlier than any command says that does not look: go by the days told here."
            if early
            else "",
            note=not early,
        )


def _all(texts: Sequence[str]) -> str:
    return ", ".join(texts) or "nothing"
