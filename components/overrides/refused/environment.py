"""Environment variables of istiod and the VPC CNI."""

from collections.abc import Callable
from typing import Any

from ...istio import istiod_values
from .conditions import HOUR_MS, ISTIO, ISTIOD, given, milliseconds, off, on, touched
from .row import Refused


def _debounce_lowered(value: Any) -> bool:
    found = milliseconds(value)
    return found is not None and found < istiod_values.DEBOUNCE_MAX


def _longer_than_a_day(value: Any) -> bool:
    found = milliseconds(value)
    return found is not None and found > 24 * HOUR_MS


def _env(
    name: str,
    *,
    when: Callable[[Any], bool] = given,
    example: str,
    accepted: str | None = None,
    reason: str,
    remedy: str,
) -> Refused:
    return Refused(
        name=name,
        surface=ISTIOD,
        path=("env", name),
        when=when,
        example={"env": {name: example}},
        accepted={"env": {name: accepted}},
        reason=reason,
        remedy=remedy,
    )


ENVIRONMENT = (
    Refused(
        name="env list",
        surface=(*ISTIO, "vpc-cni"),
        path=("env",),
        when=lambda value: isinstance(value, list),
        example={"env": ["A=1"]},
        accepted={"env": {"A": "1"}},
        reason="is a list: charts and add-ons require a map here, and rendering fails.",
        remedy='Write name: "value" pairs.',
    ),
    _env(
        "PILOT_CACHE_SQUASH",
        example="5",
        reason="has had no effect since Istio 1.1.",
        remedy="Remove it.",
    ),
    _env(
        "PILOT_WEBHOOK_CACHE_SIZE",
        example="100",
        reason="is not a variable of any Istio version: it has no effect.",
        remedy="Remove it.",
    ),
    _env(
        "AUTO_RELOAD_PLUGIN_CERTS",
        example="true",
        reason="has had no effect since Istio 1.20: istiod always reloads cacerts.",
        remedy="Remove it.",
    ),
    _env(
        "PILOT_DEBOUNCE_MAX",
        when=_debounce_lowered,
        example=f"{istiod_values.DEBOUNCE_MAX - 1}ms",
        accepted=f"{istiod_values.DEBOUNCE_MAX}ms",
        reason=f"is below {istiod_values.DEBOUNCE_MAX}ms: istiod ends batches early, and pushes continuously to a mesh "
        "that changes continuously.",
        remedy=f"Remove it; the default of this stack is {istiod_values.DEBOUNCE_MAX}ms.",
    ),
    _env(
        "ISTIO_MULTIROOT_MESH",
        when=off,
        example="false",
        accepted="true",
        reason="is off: istiod would ignore every change of the root, and replacing the root would cause an outage.",
        remedy="Remove it; this stack sets it to true.",
    ),
    _env(
        "PILOT_SCOPE_GATEWAY_TO_NAMESPACE",
        when=off,
        example="false",
        accepted="true",
        reason="is off: a Gateway in any namespace could take over the ports of this stack's gateways.",
        remedy="Remove it; this stack sets it to true.",
    ),
    *(
        Refused(
            name=name,
            surface=ISTIOD,
            path=("env", name),
            when=touched,
            example={"env": {name: None}},
            reason="changes the lifetime of workload certificates: the waits of a root rotation assume 24 h.",
            remedy="Remove it.",
        )
        for name in ("MAX_WORKLOAD_CERT_TTL", "DEFAULT_WORKLOAD_CERT_TTL")
    ),
    Refused(
        name="SECRET_TTL",
        surface=ISTIOD,
        path=("meshConfig", "defaultConfig", "proxyMetadata", "SECRET_TTL"),
        when=_longer_than_a_day,
        example={"meshConfig": {"defaultConfig": {"proxyMetadata": {"SECRET_TTL": "24h1s"}}}},
        accepted={"meshConfig": {"defaultConfig": {"proxyMetadata": {"SECRET_TTL": "24h"}}}},
        reason="makes proxies request certificates of more than 24 h: istiod rejects the requests, and no proxy would "
        "start.",
        remedy="Use 24h or less, or remove it.",
    ),
    _env(
        "USE_CACERTS_FOR_SELF_SIGNED_CA",
        when=on,
        example="true",
        accepted="false",
        reason="makes istiod write a self-signed CA into cacerts, which would replace the CA of this stack.",
        remedy="Remove it; mesh.certificates decides what cacerts contains.",
    ),
    _env(
        "ENABLE_CA_SERVER",
        when=off,
        example="false",
        accepted="true",
        reason="is off: istiod would sign no certificates, and no pod of the mesh would start.",
        remedy="Remove it; it is on by default.",
    ),
    _env(
        "EXTERNAL_CA",
        example="ISTIOD_RA_KUBERNETES_API",
        reason="makes an external CA sign: istiod would not read cacerts, and a rotation would have no effect.",
        remedy="Remove it; mesh.certificates configures the certificate authority.",
    ),
    _env(
        "PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS",
        when=off,
        example="false",
        accepted="true",
        reason="is off: app nodes would keep the taint cni.istio.io/not-ready, and no app pod would start.",
        remedy="Remove it.",
    ),
    Refused(
        name="ENABLE_CUSTOM_NETWORKING",
        surface=("vpc-cni",),
        path=("env", "ENABLE_CUSTOM_NETWORKING"),
        example={"env": {"ENABLE_CUSTOM_NETWORKING": "true"}},
        accepted={"env": {"ENABLE_CUSTOM_NETWORKING": None}},
        reason="is not a variable of the VPC CNI, and Istio does not require custom networking.",
        remedy="Remove it; to run pods in a second range, set AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG and eniConfig.",
    ),
    Refused(
        name="vpc-cni env text",
        surface=("vpc-cni",),
        path=("env", "*"),
        when=lambda value: value is not None and not isinstance(value, str),
        example={"env": {"WARM_PREFIX_TARGET": 2}},
        accepted={"env": {"WARM_PREFIX_TARGET": "2"}},
        reason="is not text: the add-on's schema requires strings, and EKS rejects the configuration.",
        remedy="Put quotes around it.",
    ),
)
