"""Steps from one version to another, and who injects with which."""

from tests.support.unit.diff_risks.case import Case, Cases
from tests.support.unit.diff_risks.resources import cluster, namespace, release, tag_webhook

RISKY: Cases = {
    "version-skips-a-minor": [
        Case(id="kubernetes", before=[cluster(version="1.34")], after=[cluster(version="1.36")], says="skips 1 minor"),
        Case(id="back", before=[cluster(version="1.36")], after=[cluster(version="1.35")], says="is a downgrade"),
        Case(id="istio", outputs=({"istioVersion": "1.29.2"}, {"istioVersion": "1.31.1"}), says="skips 1 minor"),
        Case(id="major", before=[release("a", "a", "1.9.0")], after=[release("a", "a", "2.0.0")], says="another major"),
    ],
    "running-istiod-goes": [
        Case(
            id="of-the-mesh",
            before=[release("istiod-1-31-1", "istiod")],
            outputs=({"istioVersion": "1.31.1"}, {"istioVersion": "1.32.0"}),
            says="`up` refuses this",
        ),
        Case(
            id="canary",
            before=[release("istiod-1-32-0", "istiod", "1.32.0")],
            says="Restart the pods that it injected first",
        ),
    ],
    "webhook-or-tag-moves": [
        Case(
            id="moves",
            before=[tag_webhook("istiod-a")],
            after=[tag_webhook("istiod-b")],
            says="istiod-b instead of istiod-a",
        ),
        Case(id="goes", before=[tag_webhook("istiod-a")], says="is removed"),
        Case(id="new", after=[tag_webhook("istiod-a")], says="is new"),
        Case(id="tag", outputs=({"revisionTag": "stable"}, {"revisionTag": "next"}), says="stable \u2192 next"),
        Case(
            id="label",
            before=[namespace(**{"istio.io/rev": "stable"})],
            after=[namespace(**{"istio.io/rev": "next"})],
            says="istio.io/rev: stable \u2192 next",
        ),
    ],
}

CALM: Cases = {
    "version-skips-a-minor": [
        Case(id="one", before=[cluster(version="1.35")], after=[cluster(version="1.36")]),
        Case(id="patch", outputs=({"istioVersion": "1.31.1"}, {"istioVersion": "1.31.0"})),
        Case(id="chart", before=[release("a", "a", "3.6.0")], after=[release("a", "a", "3.7.0")]),
    ],
    "running-istiod-goes": [
        Case(id="stays", before=[release("istiod", "istiod")], after=[release("istiod", "istiod", env={"A": "1"})])
    ],
    "webhook-or-tag-moves": [Case(id="other-label", before=[namespace(a="1")], after=[namespace(a="2")])],
}
