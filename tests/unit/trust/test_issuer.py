"""Another issuer in the place of ours, and what is told of certificates by when they were made."""

from collections.abc import Callable
from dataclasses import replace

import pulumi
import pulumi_tls as tls
import pytest

from components import trust
from components.settings import Certificates, names
from components.trust.component import CertificateAuthority, CertificateAuthorityArgs
from components.trust.component_issuer import Issued
from ops.offline import document
from tests.support.days import NOON
from tests.support.unit import harness
from tests.support.unit.authority_stack import KEY, PARENT, previewed, registered, updated
from tests.support.unit.certificate_settings import certificates
from tests.support.unit.recorded import Stack
from tests.support.unit.rotations import Bundle, up
from tests.support.unit.tls_provider import Cluster


class Hosted:
    """An issuer whose root somebody else keeps, as a private CA of a cloud does."""

    keeping = trust.Keeping(roots=("a private CA",), intermediates=trust.IN_STATE.intermediates)

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def __call__(self, name: str, plan: trust.TrustPlan, *, protect: bool, parent: pulumi.Resource) -> Issued:
        """One certificate from elsewhere below each root from elsewhere."""
        bundle = self.bundle
        roots = {each.number: pulumi.Output.from_input(bundle["root-cert.pem"]) for each in plan.roots}
        return Issued(
            certificate=pulumi.Output.from_input(bundle["ca-cert.pem"]),
            key=pulumi.Output.secret(bundle["ca-key.pem"]),
            signing_root=roots[plan.signing.root],
            roots=[roots[each.number] for each in plan.roots],
        )


def test_another_issuer_touches_nothing_else() -> None:
    issuer, plan = Hosted(up(Cluster(now=NOON), certificates())), trust.plan(certificates(), "cluster.local")
    args = CertificateAuthorityArgs(
        plan=plan, namespace=names.ISTIO_SYSTEM, protect=True, clock=lambda: NOON, issuer=issuer
    )
    stack = harness.component(lambda: CertificateAuthority(PARENT, args))
    assert registered(stack, KEY) == set()
    assert stack.secret("cacerts", "istio-system").inputs["stringData"] == document.SECRET
    places = {each.kind: each.places for each in trust.custody(plan, issuer.keeping)}
    assert places["root"] == ("a private CA",)
    assert places["intermediate"] == (*trust.IN_STATE.intermediates, "Secret cacerts in istio-system")


def test_what_is_told_of_keys_is_what_the_issuer_in_use_says() -> None:
    args = CertificateAuthorityArgs(
        plan=trust.plan(certificates(), "cluster.local"), namespace="a", protect=True, clock=lambda: NOON
    )
    assert args.issuer.keeping == trust.KEEPING


def told_of_ends(stack: Stack) -> list[str]:
    return [warning for warning in stack.document["warnings"] if "mesh.certificates" in warning]


LONG_AGO = [(1, "2020-01-01")]


@pytest.mark.parametrize("build", [previewed, updated])
def test_the_up_that_makes_a_certificate_says_nothing_of_its_end(build: Callable[[Certificates], Stack]) -> None:
    """However old the day in the settings is: what is made today ends in a year."""
    assert told_of_ends(build(certificates(LONG_AGO, intermediates=LONG_AGO))) == []


def test_later_the_program_goes_by_what_was_made() -> None:
    cluster, plan = Cluster(now=NOON), trust.plan(certificates(LONG_AGO, intermediates=LONG_AGO), "cluster.local")
    cluster.up(plan)
    cluster.now += trust.INTERMEDIATE_LIFETIME - trust.SOON
    assert told_of_ends(cluster.up(plan)) == [
        "mesh.certificates.intermediate: generation 1 signs workload certificates of full lifetime until 2027-11-21, "
        "89 days from now, and expires on 2027-11-22. List a new generation and let it sign by 2027-11-21."
    ]
    cluster.now += trust.SOON
    assert told_of_ends(cluster.up(plan)) == [
        "URGENT: mesh.certificates.intermediate: generation 1 expired on 2027-11-22. "
        "List a new generation and let it sign."
    ]


def test_a_preview_tells_of_an_old_root_beside_an_intermediate_that_is_still_to_be_made() -> None:
    """Half of what signs is known."""
    bundle = up(Cluster(now=NOON), certificates())
    root = bundle["root-cert.pem"]

    class Renewing(Hosted):
        def __call__(self, name: str, plan: trust.TrustPlan, *, protect: bool, parent: pulumi.Resource) -> Issued:
            made = super().__call__(name, plan, protect=protect, parent=parent)
            unknown = tls.LocallySignedCert(
                "renewed",
                allowed_uses=[],
                ca_cert_pem=root,
                ca_private_key_pem=bundle["ca-key.pem"],
                cert_request_pem="request",
                validity_period_hours=1,
            )
            return replace(made, certificate=unknown.cert_pem)

    args = CertificateAuthorityArgs(
        plan=trust.plan(certificates(), "cluster.local"),
        namespace=names.ISTIO_SYSTEM,
        protect=True,
        clock=lambda: NOON + trust.ROOT_LIFETIME,
        issuer=Renewing(bundle),
    )
    assert told_of_ends(harness.component(lambda: CertificateAuthority(PARENT, args))) == [
        "URGENT: mesh.certificates.root: generation 1 expired on 2036-11-19. List a new generation and let it sign."
    ]
