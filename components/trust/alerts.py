"""Alerts on the certificate authority that istiod really uses, as a file of Prometheus rules.

istiod (security/pkg/server/ca/monitoring.go, server.go RecordCertsExpiry) tells the end of the first certificate of
cert-chain.pem, the signing intermediate, and of the first of root-cert.pem, the root of the lowest number; a
self-signed authority of its own has no chain, and the first of the two metrics is then absent.
"""

import datetime
from typing import Any

from .. import trust

CHAIN = "citadel_server_cert_chain_expiry_timestamp"
ROOT = "citadel_server_root_cert_expiry_timestamp"
# One alert for all replicas of istiod; whatever else tells clusters apart stays.
_OF_ALL = "without (instance, pod, node)"
# Replicas take a changed Secret within two minutes of each other; a rollout of istiod starts with the newest.
_SETTLED = "15m"
_RUNBOOKS = "docs/runbooks"


def rules() -> dict[str, Any]:
    """The file's content, in the order in which it is written."""
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
                        "One has not taken the changed cacerts; `python -m ops certificates --live` says which.",
                    ),
                    _rule(
                        "MeshIntermediateUnknown",
                        f"absent({CHAIN})",
                        _SETTLED,
                        "warning",
                        "Nothing tells when the intermediate ends.",
                        "istiod is not scraped (port 15014), or signs with an authority of its own instead of cacerts. "
                        "In a Prometheus of several clusters it fires when all of them are silent; to be told of one, "
                        f"write a rule for each, as in absent({CHAIN}{{cluster=...}}).",
                    ),
                ],
            }
        ]
    }


def _expiry(kind: str, metric: str, lifetime: datetime.timedelta, runbook: str) -> list[dict[str, Any]]:
    """Both levels, with the days of the program's own warnings: counted to the day on which another must sign."""
    left = f"min {_OF_ALL} ({metric}) - {_seconds(lifetime)} - time()"
    signed = "workload certificates" if kind == "Intermediate" else "intermediates"
    return [
        _rule(
            f"Mesh{kind}{name}",
            f"{left} <= {_seconds(within)}",
            "1h",
            severity,
            f"The {kind.lower()} of the mesh has to be replaced within {within.days} days.",
            f"After that what it signs, {signed}, no longer gets its full lifetime. Follow {_RUNBOOKS}/{runbook}. "
            "The days are those of the preview's own warnings.",
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
