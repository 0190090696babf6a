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
        reason="is a list: charts and add-ons take a map here, and rendering fails.",
        remedy='Write name: "value" pairs.',
    ),
    _env(
        "PILOT_CACHE_SQUASH",
        example="5",
        reason="is read by nothing since Istio 1.1.",
        remedy="Remove it.",
    ),
    _env(
        "PILOT_WEBHOOK_CACHE_SIZE",
        example="100",
        reason="never existed: nothing reads it.",
        remedy="Remove it.",
    ),
    _env(
        "AUTO_RELOAD_PLUGIN_CERTS",
        example="true",
        reason="is read by nothing since Istio 1.20: istiod always reloads cacerts.",
        remedy="Remove it.",
    ),
    _env(
        "PILOT_DEBOUNCE_MAX",
        when=_debounce_lowered,
        example=f"{istiod_values.DEBOUNCE_MAX - 1}ms",
        accepted=f"{istiod_values.DEBOUNCE_MAX}ms",
        reason=f"is below {istiod_values.DEBOUNCE_MAX}ms: it ends batches early, and a mesh that changes all the time "
        "is pushed to all the time.",
        remedy=f"Remove it; it is {istiod_values.DEBOUNCE_MAX}ms.",
    ),
    _env(
        "ISTIO_MULTIROOT_MESH",
        when=off,
        example="false",
        accepted="true",
        reason="is off: istiod would skip every change of the root, and no root could be replaced without an outage.",
        remedy="Remove it; it is on.",
    ),
    _env(
        "PILOT_SCOPE_GATEWAY_TO_NAMESPACE",
        when=off,
        example="false",
        accepted="true",
        reason="is off: a Gateway of any namespace could take over the ports of ours.",
        remedy="Remove it; it is on.",
    ),
    *(
        Refused(
            name=name,
            surface=ISTIOD,
            path=("env", name),
            when=touched,
            example={"env": {name: None}},
            reason="changes how long certificates of workloads live: the waits of a root rotation count on 24 h.",
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
        reason="makes proxies ask for certificates of more than 24 h: istiod refuses them, and no proxy would start.",
        remedy="Write 24h or less, or remove it.",
    ),
    _env(
        "USE_CACERTS_FOR_SELF_SIGNED_CA",
        when=on,
        example="true",
        accepted="false",
        reason="makes istiod write a CA of its own into cacerts.",
        remedy="Remove it; cacerts comes from mesh.certificates.",
    ),
    _env(
        "ENABLE_CA_SERVER",
        when=off,
        example="false",
        accepted="true",
        reason="is off: istiod would sign for nobody, and no pod of the mesh would start.",
        remedy="Remove it; it is on.",
    ),
    _env(
        "EXTERNAL_CA",
        example="ISTIOD_RA_KUBERNETES_API",
        reason="lets somebody else sign: cacerts would not be read, and no rotation would change anything.",
        remedy="Remove it; mesh.certificates is the authority.",
    ),
    _env(
        "PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS",
        when=off,
        example="false",
        accepted="true",
        reason="is off: app nodes would keep their cni.istio.io/not-ready taint, and no app pod would start.",
        remedy="Remove it.",
    ),
    Refused(
        name="ENABLE_CUSTOM_NETWORKING",
        surface=("vpc-cni",),
        path=("env", "ENABLE_CUSTOM_NETWORKING"),
        example={"env": {"ENABLE_CUSTOM_NETWORKING": "true"}},
        accepted={"env": {"ENABLE_CUSTOM_NETWORKING": None}},
        reason="never existed in the VPC CNI, and Istio needs no custom networking.",
        remedy="Remove it; who wants pods in a second range sets AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG and eniConfig.",
    ),
    Refused(
        name="vpc-cni env text",
        surface=("vpc-cni",),
        path=("env", "*"),
        when=lambda value: value is not None and not isinstance(value, str),
        example={"env": {"WARM_PREFIX_TARGET": 2}},
        accepted={"env": {"WARM_PREFIX_TARGET": "2"}},
        reason="is not text: the add-on's schema takes strings, and EKS refuses the configuration.",
        remedy="Put quotes around it.",
    ),
)
