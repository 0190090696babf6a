"""What lands in cacerts, held against real X.509: every chain verifies where and when a workload would verify it."""

import datetime
from itertools import pairwise

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import verification
from hypothesis import given, settings

from components import trust
from components.settings import Certificates
from tests.support.days import NOON
from tests.support.unit.certificate_settings import accepted
from tests.support.unit.rotations import (
    INTERMEDIATE_ROTATION,
    ROTATION,
    Bundle,
    Leaf,
    issued,
    key_of,
    leaf,
    pems,
    steps,
    up,
    verify,
)
from tests.support.unit.tls_provider import Cluster


def neighbours(rotation: dict[str, Certificates]) -> list[tuple[str, str]]:
    names = list(rotation)
    return [(a, b) for i, a in enumerate(names) for j, b in enumerate(names) if abs(i - j) <= 1]


@pytest.fixture(scope="module")
def rotated() -> dict[str, Bundle]:
    return steps(ROTATION)


@pytest.fixture(scope="module")
def renewed() -> dict[str, Bundle]:
    return steps(INTERMEDIATE_ROTATION)


@pytest.mark.parametrize(("issued_in", "verified_in"), neighbours(ROTATION))
def test_every_leaf_verifies_in_the_neighbouring_phases(
    rotated: dict[str, Bundle], issued_in: str, verified_in: str
) -> None:
    chain = verify(leaf(rotated[issued_in]), rotated[verified_in])
    assert len(chain) == 3


@pytest.mark.parametrize(
    ("issued_in", "verified_in"),
    [("stable", "retired"), ("trust-both", "retired"), ("sign-new", "stable"), ("retired", "stable")],
)
def test_a_skipped_phase_breaks_verification(rotated: dict[str, Bundle], issued_in: str, verified_in: str) -> None:
    """Control of the test above, and the reason for every phase."""
    with pytest.raises(verification.VerificationError):
        verify(leaf(rotated[issued_in]), rotated[verified_in])


@pytest.mark.parametrize("issued_in", INTERMEDIATE_ROTATION)
@pytest.mark.parametrize("verified_in", INTERMEDIATE_ROTATION)
def test_a_new_intermediate_needs_no_new_trust(renewed: dict[str, Bundle], issued_in: str, verified_in: str) -> None:
    verify(leaf(renewed[issued_in]), renewed[verified_in])
    assert renewed[issued_in]["root-cert.pem"] == renewed[verified_in]["root-cert.pem"]


def test_a_new_intermediate_has_a_new_key(renewed: dict[str, Bundle]) -> None:
    assert renewed["listed"] == renewed["one"], "listing a generation changes nothing before it signs"
    assert renewed["signs"]["ca-key.pem"] != renewed["one"]["ca-key.pem"]
    assert renewed["dropped"] == renewed["signs"]


def test_istiod_sees_the_same_roots_in_trust_both_and_sign_new(rotated: dict[str, Bundle]) -> None:
    assert rotated["trust-both"]["root-cert.pem"] == rotated["sign-new"]["root-cert.pem"]
    assert [len(pems(bundle["root-cert.pem"])) for bundle in rotated.values()] == [1, 2, 2, 1]


def test_each_step_adds_or_removes_whole_roots(rotated: dict[str, Bundle]) -> None:
    """istiod takes a new bundle over only when one of the two contains the other."""
    bundles = [set(pems(bundle["root-cert.pem"])) for bundle in rotated.values()]
    assert all(a <= b or b <= a for a, b in pairwise(bundles))
    assert not bundles[0] & bundles[-1], "stable to retired in one step would not be taken over"


@pytest.mark.parametrize("rotation", [ROTATION, INTERMEDIATE_ROTATION], ids=["root", "intermediate"])
def test_going_back_restores_the_very_same_secret(rotation: dict[str, Certificates]) -> None:
    cluster = Cluster(now=NOON)
    _, before, after, _ = rotation.values()
    first = up(cluster, before)
    cluster.now += datetime.timedelta(days=3)
    assert up(cluster, after) != first
    assert up(cluster, before) == first


@pytest.mark.parametrize("step", ROTATION)
class TestBundle:
    def test_holds_exactly_the_four_keys_of_istiod(self, rotated: dict[str, Bundle], step: str) -> None:
        assert set(rotated[step]) == {"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"}

    def test_chain_goes_from_leaf_to_root(self, rotated: dict[str, Bundle], step: str) -> None:
        authority, root = pems(rotated[step]["cert-chain.pem"])
        assert [authority] == pems(rotated[step]["ca-cert.pem"])
        authority.verify_directly_issued_by(root)
        root.verify_directly_issued_by(root)
        assert root in pems(rotated[step]["root-cert.pem"])

    def test_key_belongs_to_the_certificate(self, rotated: dict[str, Bundle], step: str) -> None:
        [authority] = pems(rotated[step]["ca-cert.pem"])
        assert key_of(rotated[step]).public_key() == authority.public_key()

    def test_intermediate_signs_nothing_but_leaves(self, rotated: dict[str, Bundle], step: str) -> None:
        [authority] = pems(rotated[step]["ca-cert.pem"])
        constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints)
        assert (constraints.critical, constraints.value) == (True, x509.BasicConstraints(True, 0))
        usage = authority.extensions.get_extension_for_class(x509.KeyUsage).value
        assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, True)

    def test_no_authority_has_an_extended_usage(self, rotated: dict[str, Bundle], step: str) -> None:
        for authority in pems(rotated[step]["cert-chain.pem"]):
            with pytest.raises(x509.ExtensionNotFound):
                authority.extensions.get_extension_for_class(x509.ExtendedKeyUsage)

    def test_names_and_key_identifiers_link_up(self, rotated: dict[str, Bundle], step: str) -> None:
        authority, root = pems(rotated[step]["cert-chain.pem"])
        asked = authority.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        assert asked == root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        assert authority.issuer.rfc4514_string() == root.subject.rfc4514_string()
        assert root.subject.rfc4514_string().endswith("O=cluster.local")

    def test_intermediate_ends_before_its_root(self, rotated: dict[str, Bundle], step: str) -> None:
        authority, root = pems(rotated[step]["cert-chain.pem"])
        assert authority.not_valid_after_utc <= root.not_valid_after_utc


def test_the_fingerprint_is_that_of_the_certificate(rotated: dict[str, Bundle]) -> None:
    [root] = pems(rotated["stable"]["root-cert.pem"])
    assert trust.fingerprint(rotated["stable"]["root-cert.pem"]) == root.fingerprint(hashes.SHA256()).hex(":").upper()


@pytest.mark.parametrize("depth", [0, None], ids=["as built", "if the intermediate did not say so"])
def test_a_further_authority_below_the_intermediate_is_refused(
    depth: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path length forbids it, and so does that of the root."""
    if depth is None:
        monkeypatch.setattr(trust, "INTERMEDIATE_PATH_LENGTH", None)
    bundle = up(Cluster(now=NOON), ROTATION["stable"])
    [authority] = pems(bundle["ca-cert.pem"])
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == depth
    rogue, rogue_key = issued(authority, key_of(bundle), ca=True)
    below = Leaf(issued(rogue, rogue_key)[0], [rogue, authority])
    with pytest.raises(verification.VerificationError):
        verify(below, bundle)


def test_that_refusal_comes_from_the_path_length_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "INTERMEDIATE_PATH_LENGTH", None)
    monkeypatch.setattr(trust, "ROOT_PATH_LENGTH", None)
    bundle = up(Cluster(now=NOON), ROTATION["stable"])
    [authority] = pems(bundle["ca-cert.pem"])
    rogue, rogue_key = issued(authority, key_of(bundle), ca=True)
    verify(Leaf(issued(rogue, rogue_key)[0], [rogue, authority]), bundle)


@settings(max_examples=8)
@given(accepted(), accepted())
def test_whatever_the_settings_the_bundle_verifies_what_it_signs(first: Certificates, then: Certificates) -> None:
    """Also after another `up` with any other settings, on what is already there."""
    cluster = Cluster(now=NOON)
    for settings_ in (first, then, first):
        bundle = up(cluster, settings_)
        assert len(verify(leaf(bundle), bundle)) == 3
        numbers = sorted(generation.number for generation in settings_.root.generations)
        assert [root.subject.rfc4514_string() for root in pems(bundle["root-cert.pem"])] == [
            f"CN=Root CA {number},O=cluster.local" for number in numbers
        ]
