"""What the certificate authority registers: which keys and certificates, what is secret, what is protected."""

from typing import Any

import pulumi
import pulumi_tls as tls
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from components import trust
from components.trust import component_tls_issuer as tls_issuer
from ops.offline import document
from tests.support.days import NOON
from tests.support.unit import harness
from tests.support.unit.authority_stack import (
    KEY,
    PARENT,
    REQUEST,
    ROOT,
    SECRET,
    SIGNED,
    previewed,
    registered,
    updated,
)
from tests.support.unit.certificate_settings import BOTH, certificates
from tests.support.unit.recorded import Stack
from tests.support.unit.rotations import ROTATION, pems, up
from tests.support.unit.tls_provider import Cluster


def protected(stack: Stack) -> set[str]:
    return {node.name.removeprefix(f"{PARENT}-") for node in stack.nodes if node.options["protect"]}


def shown(stack: Stack) -> str:
    """Everything that the preview would show."""
    return "\n".join(harness.texts(stack.document))


BOTH_KINDS = certificates(BOTH, intermediates=BOTH)


@pytest.fixture(scope="module", params=[previewed, updated])
def stack(request: pytest.FixtureRequest) -> Stack:
    made: Stack = request.param(BOTH_KINDS)
    return made


def test_a_key_and_a_certificate_exist_per_generation_and_pair(stack: Stack) -> None:
    assert registered(stack, KEY) == {"root-1", "root-2", "intermediate-1", "intermediate-2"}
    assert registered(stack, ROOT) == {"root-1", "root-2"}
    assert registered(stack, REQUEST) == {"intermediate-1", "intermediate-2"}
    assert registered(stack, SIGNED) == {f"root-{root}-intermediate-{each}" for root in (1, 2) for each in (1, 2)}
    assert registered(stack, SECRET) == {"cacerts"}


def test_everything_belongs_to_the_component(stack: Stack) -> None:
    component = stack.component(PARENT)
    children = [node for node in stack.nodes if node.resource["parent"] == component.urn]
    assert len(children) == len(stack.nodes) - 2, "all but the component and the stack"


def test_the_secret_is_the_one_istiod_mounts(stack: Stack) -> None:
    secret = stack.secret("cacerts", "istio-system")
    assert secret.inputs["type"] == "Opaque"
    assert secret.inputs["stringData"] == document.SECRET


def test_every_use_of_a_key_is_secret(stack: Stack) -> None:
    uses = [value for node in stack.nodes for key, value in node.inputs.items() if "privatekeypem" in key.lower()]
    assert len(uses) == 2 + 2 + 4, "two roots, two requests, four signatures"
    assert set(uses) == {document.SECRET}


def test_a_key_is_secret_before_any_resource_takes_it() -> None:
    """The SDK's classes mark what they know to be a key; what else it may flow into must not depend on that."""

    def program() -> None:
        pulumi.export("key", tls_issuer._pem(tls.PrivateKey("key", algorithm="ECDSA")))

    assert harness.component(program).outputs["key"] == document.SECRET


def test_no_key_is_shown_anywhere() -> None:
    stack = updated(BOTH_KINDS)
    assert "BEGIN CERTIFICATE" in shown(stack), "the search sees what is plain"
    assert "PRIVATE KEY" not in shown(stack)


def test_that_search_would_find_a_plain_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.trust.component_tls_issuer._pem", lambda key: key.private_key_pem)
    monkeypatch.setattr(trust, "cacerts", lambda **pems: {"ca-key.pem": pems["key"]})
    monkeypatch.setattr("pulumi.Output.secret", lambda value: value)
    assert "BEGIN EC PRIVATE KEY" in shown(updated(BOTH_KINDS))


@pytest.mark.parametrize(
    ("step", "keys"),
    [
        ("stable", {"root-1", "intermediate-1"}),
        ("trust-both", {"root-1", "intermediate-1"}),
        ("sign-new", {"root-2", "intermediate-1"}),
        ("retired", {"root-2", "intermediate-1"}),
    ],
)
def test_only_the_keys_that_sign_are_protected(step: str, keys: set[str]) -> None:
    """A key that no longer signs can be dropped: the `up` that let another sign has lifted its protection."""
    stack = previewed(ROTATION[step], protect=True)
    assert protected(stack) == keys
    assert {node.resource["type"] for node in stack.nodes if node.options["protect"]} == {KEY}
    assert protected(previewed(ROTATION[step])) == set()


def inputs(stack: Stack, *types: str) -> dict[str, Any]:
    return {node.urn: node.inputs for node in stack.of_type(*types)}


def test_another_signer_makes_no_certificate_anew() -> None:
    cluster = Cluster(now=NOON)
    before = cluster.up(trust.plan(ROTATION["trust-both"], "cluster.local"))
    after = cluster.up(trust.plan(ROTATION["sign-new"], "cluster.local"))
    types = (KEY, ROOT, REQUEST, SIGNED)
    assert inputs(before, *types) == inputs(after, *types)


def test_another_trust_domain_makes_no_root_anew() -> None:
    stack = previewed(certificates())
    for type_ in (ROOT, REQUEST):
        assert [node.options["ignoreChanges"] for node in stack.of_type(type_)] == [["subject"]]


@pytest.mark.parametrize(
    ("type_", "hours", "depth"), [(ROOT, 87600, 1), (SIGNED, 8760, 0)], ids=["root", "intermediate"]
)
def test_what_forces_a_new_certificate_is_fixed(type_: str, hours: int, depth: int) -> None:
    [node] = previewed(certificates()).of_type(type_)
    assert node.inputs["validityPeriodHours"] == hours
    assert node.inputs["maxPathLength"] == depth
    assert node.inputs["allowedUses"] == ["cert_signing", "crl_signing", "digital_signature"]
    assert "earlyRenewalHours" not in node.inputs


def test_the_secret_waits_for_what_it_holds() -> None:
    stack = previewed(ROTATION["sign-new"])
    secret = stack.secret("cacerts")
    for type_, name in [(SIGNED, "root-2-intermediate-1"), (KEY, "intermediate-1"), (ROOT, "root-1"), (ROOT, "root-2")]:
        assert secret.reaches(stack.one(type_, f"{PARENT}-{name}"))


def test_the_outputs_name_the_trusted_roots_and_the_phase() -> None:
    cluster = Cluster(now=NOON)
    plan = trust.plan(ROTATION["sign-new"], "cluster.local")
    outputs = cluster.up(plan).outputs
    roots = [root.public_bytes(Encoding.PEM).decode() for root in pems(cluster.cacerts["root-cert.pem"])]
    assert outputs["rootCertificateFingerprints"] == [trust.fingerprint(root) for root in roots]
    assert outputs["certificates"] == trust.recorded(None, plan, NOON)


def test_a_broken_certificate_stops_the_update_before_cacerts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tests.support.unit.tls_provider.outputs", lambda *_: {"privateKeyPem": "", "certPem": "-----BEGIN"}
    )
    cluster = Cluster(now=NOON)
    with pytest.raises(ValueError, match="not one complete PEM block"):
        up(cluster, certificates())
    assert cluster.cacerts == {}
