"""Environment variables of istiod and the VPC CNI."""

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


def _env(name: str, when: Any, reason: str, remedy: str) -> Refused:
    return Refused(name=name, surface=ISTIOD, path=("env", name), when=when, reason=reason, remedy=remedy)


ENVIRONMENT = (
    Refused(
        name="env list",
        surface=(*ISTIO, "vpc-cni"),
        path=("env",),
        when=lambda value: isinstance(value, list),
        reason="is a list: charts and add-ons take a map here, and rendering fails.",
        remedy='Write name: "value" pairs.',
    ),
    _env("PILOT_CACHE_SQUASH", given, "is read by nothing since Istio 1.1.", "Remove it."),
    _env("PILOT_WEBHOOK_CACHE_SIZE", given, "never existed: nothing reads it.", "Remove it."),
    _env(
        "AUTO_RELOAD_PLUGIN_CERTS",
        given,
        "is read by nothing since Istio 1.20: istiod always reloads cacerts.",
        "Remove it.",
    ),
    _env(
        "PILOT_DEBOUNCE_MAX",
        _debounce_lowered,
        f"is below {istiod_values.DEBOUNCE_MAX}ms: it ends batches early, and a mesh that changes all the time is "
        "pushed to all the time.",
        f"Remove it; it is {istiod_values.DEBOUNCE_MAX}ms.",
    ),
    _env(
        "ISTIO_MULTIROOT_MESH",
        off,
        "is off: istiod would skip every change of the root, and no root could be replaced without an outage.",
        "Remove it; it is on.",
    ),
    _env(
        "PILOT_SCOPE_GATEWAY_TO_NAMESPACE",
        off,
        "is off: a Gateway of any namespace could take over the ports of ours.",
        "Remove it; it is on.",
    ),
    *(
        _env(
            name,
            touched,
            "changes how long certificates of workloads live: the waits of a root rotation count on 24 h.",
            "Remove it.",
        )
        for name in ("MAX_WORKLOAD_CERT_TTL", "DEFAULT_WORKLOAD_CERT_TTL")
    ),
    Refused(
        name="SECRET_TTL",
        surface=ISTIOD,
        path=("meshConfig", "defaultConfig", "proxyMetadata", "SECRET_TTL"),
        when=_longer_than_a_day,
        reason="makes proxies ask for certificates of more than 24 h: istiod refuses them, and no proxy would start.",
        remedy="Write 24h or less, or remove it.",
    ),
    _env(
        "USE_CACERTS_FOR_SELF_SIGNED_CA",
        on,
        "makes istiod write a CA of its own into cacerts.",
        "Remove it; cacerts comes from mesh.certificates.",
    ),
    _env(
        "ENABLE_CA_SERVER",
        off,
        "is off: istiod would sign for nobody, and no pod of the mesh would start.",
        "Remove it; it is on.",
    ),
    _env(
        "EXTERNAL_CA",
        given,
        "lets somebody else sign: cacerts would not be read, and no rotation would change anything.",
        "Remove it; mesh.certificates is the authority.",
    ),
    _env(
        "PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS",
        off,
        "is off: app nodes would keep their cni.istio.io/not-ready taint, and no app pod would start.",
        "Remove it.",
    ),
    Refused(
        name="ENABLE_CUSTOM_NETWORKING",
        surface=("vpc-cni",),
        path=("env", "ENABLE_CUSTOM_NETWORKING"),
        reason="never existed in the VPC CNI, and Istio needs no custom networking.",
        remedy="Remove it; who wants pods in a second range sets AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG and eniConfig.",
    ),
    Refused(
        name="vpc-cni env text",
        surface=("vpc-cni",),
        path=("env", "*"),
        when=lambda value: value is not None and not isinstance(value, str),
        reason="is not text: the add-on's schema takes strings, and EKS refuses the configuration.",
        remedy="Put quotes around it.",
    ),
)
