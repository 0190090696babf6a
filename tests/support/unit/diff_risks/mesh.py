"""What gateways and namespaces let through: TLS at the way in, Pod Security, the mesh itself."""

from tests.support.unit.diff_risks.case import Case, Cases
from tests.support.unit.diff_risks.resources import gateway, namespace

RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
BASELINE = {"pod-security.kubernetes.io/enforce": "baseline"}

RISKY: Cases = {
    "gateway-tls-is-loosened": [
        Case(
            id="mode", before=[gateway({443: "MUTUAL"})], after=[gateway({443: "SIMPLE"})], says="MUTUAL \u2192 SIMPLE"
        ),
        Case(id="none", before=[gateway({443: "SIMPLE"})], after=[gateway({443: None})], says="SIMPLE \u2192 no TLS"),
        Case(
            id="port",
            before=[gateway({443: "SIMPLE"})],
            after=[gateway({443: "SIMPLE", 80: None})],
            says="port 80 is added without TLS",
        ),
    ],
    "pod-security-is-loosened": [
        Case(
            id="level",
            before=[namespace(**RESTRICTED)],
            after=[namespace(**BASELINE)],
            says="restricted \u2192 baseline",
        ),
        Case(id="none", before=[namespace(**RESTRICTED)], after=[namespace()], says="restricted \u2192 not set"),
    ],
    "namespace-leaves-the-mesh": [
        Case(
            id="both-labels",
            before=[namespace(**{"istio-discovery": "enabled", "istio.io/rev": "stable"})],
            after=[namespace()],
            says="loses the label istio-discovery",
            findings=2,
        ),
    ],
}

CALM: Cases = {
    "gateway-tls-is-loosened": [
        Case(id="tightened", before=[gateway({443: "SIMPLE"})], after=[gateway({443: "MUTUAL"})])
    ],
    "pod-security-is-loosened": [
        Case(id="tightened", before=[namespace(**BASELINE)], after=[namespace(**RESTRICTED)]),
        Case(id="gone", before=[namespace(**RESTRICTED)]),
    ],
    "namespace-leaves-the-mesh": [
        Case(id="joins", before=[namespace()], after=[namespace(**{"istio.io/rev": "stable"})])
    ],
}
