"""Prometheus alert rules for the certificate authority that istiod actually uses.

istiod exports the expiry of the first certificate in cert-chain.pem, the signing intermediate, and of the first in
root-cert.pem, the root with the lowest number (security/pkg/server/ca/monitoring.go, server.go RecordCertsExpiry). With
a self-signed CA istiod has no chain, and the first of the two metrics is absent.
"""

import datetime
from typing import Any

from .. import trust

CHAIN = "citadel_server_cert_chain_expiry_timestamp"
ROOT = "citadel_server_root_cert_expiry_timestamp"
# One alert for all replicas of istiod; labels that distinguish clusters stay.
_OF_ALL = "without (instance, pod, node)"
# Replicas take a changed Secret within two minutes of each other; a rollout of istiod starts with the newest.
_SETTLED = "15m"
_RUNBOOKS = "docs/runbooks"


def rules() -> dict[str, Any]:
    """Return the content of the rules file, in the order in which it is written."""
    return {
        "groups": [
            {
                "name": "istio-eks-certificates",
                "rules": [
                    *_expiry("Intermediate", CHAIN, trust.WORKLOAD_LIFETIME, "rotate-intermediate.md"),
                    *_expiry("Root", ROOT, trust.INTERMEDIATE_LIFETIME, "rotate-root.md"),
                    _rule(
                        "MeshIntermediateDiffers",
                        f"max {_OF_ALL} ({CHAIN}) != min {_OF_ALL} ({CHAIN})",
                        _SETTLED,
                        "warning",
                        "Replicas of istiod sign with different intermediates.",
                        "One has not loaded the changed cacerts; `python -m ops certificates --live` shows which.",
                    ),
                    _rule(
                        "MeshIntermediateUnknown",
                        f"absent({CHAIN})",
                        _SETTLED,
                        "warning",
                        "The expiry of the intermediate is unknown.",
                        "istiod is not scraped (port 15014), or signs with a self-signed CA instead of cacerts. If "
                        "Prometheus scrapes several clusters, this alert fires only when all of them are silent; to "
                        f"be alerted for each, write one rule per cluster, such as absent({CHAIN}{{cluster=...}}).",
                    ),
                ],
            }
        ]
    }


def _expiry(kind: str, metric: str, lifetime: datetime.timedelta, runbook: str) -> list[dict[str, Any]]:
    """Return the rules of both levels, with the thresholds of the preview's own warnings.

    Like those, they count to the day on which another generation must sign, not to the expiry.
    """
    left = f"min {_OF_ALL} ({metric}) - {_seconds(lifetime)} - time()"
    signed = "workload certificates" if kind == "Intermediate" else "intermediates"
    return [
        _rule(
            f"Mesh{kind}{name}",
            f"{left} <= {_seconds(within)}",
            "1h",
            severity,
            f"The {kind.lower()} of the mesh has to be replaced within {within.days} days.",
            f"After that, the {signed} that it signs no longer get their full lifetime. Follow {_RUNBOOKS}/{runbook}. "
            "The thresholds are those of the preview's own warnings.",
        )
        for name, within, severity in (
            ("EndsSoon", trust.SOON, "warning"),
            ("EndsVerySoon", trust.URGENT, "critical"),
        )
    ]


def _rule(alert: str, expr: str, lasting: str, severity: str, summary: str, description: str) -> dict[str, Any]:
    return {
        "alert": alert,
        "expr": expr,
        "for": lasting,
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "description": description},
    }


def _seconds(span: datetime.timedelta) -> int:
    return int(span.total_seconds())
