"""The certificate authority: who signs, who is trusted, what cacerts is made of."""

from collections.abc import Sequence
from typing import Any

from tests.support.unit import diff_world as world
from tests.support.unit.diff_risks.case import Case, Cases, Resource
from tests.support.unit.diff_world import kubernetes, resource


def authority(root: int = 1, signing: int = 1, listed: Sequence[int] = (1,)) -> dict[str, Any]:
    """Outputs: a root that signs, intermediates that are listed, and the one of them that signs."""

    def numbered(numbers: Sequence[int]) -> list[dict[str, int]]:
        return [{"number": each} for each in numbers]

    return {
        "certificates": {
            "phase": "stable",
            "root": {"generations": numbered([root]), "signing": root},
            "intermediate": {"generations": numbered(listed), "signing": signing},
        }
    }


def cacerts(*certificates: str, **inputs: Any) -> Resource:
    """The Secret, made of certificates of these names."""
    made = world.manifest("Secret", "cacerts", "istio-system", stringData="[secret]", **inputs)
    urns = [
        f"urn:pulumi:dev::istio-eks::tls:index/locallySignedCert:LocallySignedCert::{each}" for each in certificates
    ]
    return resource("kubernetes:core/v1:Secret", "cacerts", made, dependencies=urns)


RISKY: Cases = {
    "certificate-authority-changes": [
        Case(
            id="intermediate-signs",
            outputs=(authority(listed=(1, 2)), authority(listed=(1, 2), signing=2)),
            says="intermediate 2: signs instead of 1.",
        ),
        Case(
            id="root-at-once",
            outputs=(authority(), authority(root=2)),
            says="root 2: signs instead of 1. It is new in this change, so `up` refuses it",
            findings=3,
        ),
        Case(id="one-side", outputs=({}, authority()), says="cannot be checked"),
    ],
    "cacerts-changes": [
        Case(id="made-of-others", before=[cacerts("i-1")], after=[cacerts("i-2")], says="+ i-2, - i-1"),
        Case(id="changed", before=[cacerts()], after=[cacerts(type="Opaque")], says="is replaced"),
        Case(id="gone", before=[cacerts()], says="is removed"),
        Case(
            id="certificate",
            before=[resource("tls:index/selfSignedCert:SelfSignedCert", "root-1", {"validityPeriodHours": 1})],
            after=[resource("tls:index/selfSignedCert:SelfSignedCert", "root-1", {"validityPeriodHours": 2})],
            says="is replaced: validityPeriodHours",
        ),
    ],
    "trust-domain-changes": [
        Case(id="other", outputs=({"trustDomain": "a"}, {"trustDomain": "b"}), says="a \u2192 b"),
    ],
}

CALM: Cases = {
    "certificate-authority-changes": [Case(id="same", outputs=(authority(), authority()))],
    "cacerts-changes": [Case(id="other-secret", before=[kubernetes("Secret", "a", "shop")])],
    "trust-domain-changes": [Case(id="same", outputs=({"trustDomain": "a"}, {"trustDomain": "a"}))],
}
