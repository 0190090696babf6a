"""Values of the charts base, cni and istiod."""

from typing import Any

from ...istio import istiod_values
from ...settings import names
from .conditions import BASE, CNI, HOUR_MS, ISTIO, ISTIOD, milliseconds, none, off, touched
from .row import Refused

CREDENTIALS_ADDRESS = istiod_values.POD_IDENTITY.partition("/")[0]
# The chart's default, in milliseconds; trust.PROPAGATION assumes it.
STREAM_AGE_MS = HOUR_MS / 2
STREAM_AGE = "keepaliveMaxServerConnectionAge"
_STREAMS = "delay proxies that missed a push for longer: a root rotation waits one hour for every proxy."


def _streams_too_old(value: Any) -> bool:
    age = milliseconds(value)
    return age is None or age > STREAM_AGE_MS


CONTROL_PLANE = (
    Refused(
        name="istiod CPU limit",
        surface=ISTIOD,
        path=("resources", "limits", "cpu"),
        example={"resources": {"limits": {"cpu": "1000m"}}},
        accepted={"resources": {"limits": {"cpu": None}}},
        reason="is not supported: a CPU limit sets GOMAXPROCS and delays route changes (measured at 1 CPU in "
        "docs/scale.md).",
        remedy="Remove it; a memory limit is set already.",
    ),
    Refused(
        name="sharding",
        surface=ISTIOD,
        path=("sharding",),
        example={"sharding": {"strategy": "isolation"}},
        accepted={"sharding": None},
        reason="is not a value of any Istio chart: it has no effect.",
        remedy="Remove it; mesh.size, discovery labels and the default Sidecar limit the load on istiod.",
    ),
    Refused(
        name="global.proxy.securityContext",
        surface=ISTIO,
        path=("global", "proxy", "securityContext"),
        example={"global": {"proxy": {"securityContext": {"runAsUser": 1}}}},
        accepted={"global": {"proxy": {"securityContext": None}}},
        reason="has no effect: the injection template hardens the proxy, and istio-cni removes the need for further "
        "privileges.",
        remedy="Remove it.",
    ),
    Refused(
        name="gateways.enabled",
        surface=ISTIOD + BASE,
        path=("gateways", "enabled"),
        example={"gateways": {"enabled": False}},
        accepted={"gateways": {"enabled": None}},
        reason="has no effect in any chart: every gateway is its own Helm release.",
        remedy="Remove it; list gateways in the setting `gateways`.",
    ),
    Refused(
        name="istio_cni.enabled",
        surface=ISTIOD,
        path=("istio_cni", "enabled"),
        example={"istio_cni": {"enabled": True}},
        accepted={"istio_cni": {"enabled": None}},
        reason="is a legacy key that renders istio-cni as disabled.",
        remedy="Remove it; this stack sets cni.enabled.",
    ),
    *(
        Refused(
            name=f"istiod {key} 0",
            surface=ISTIOD,
            path=(key,),
            when=none,
            example={key: 0},
            accepted={key: 1},
            reason="is 0: without istiod no pod of the mesh starts, and certificates expire.",
            remedy="Use 1 or more, or remove it.",
        )
        for key in ("replicaCount", "autoscaleMin")
    ),
    Refused(
        name=STREAM_AGE,
        surface=ISTIOD,
        path=(STREAM_AGE,),
        when=_streams_too_old,
        example={STREAM_AGE: "30m1s"},
        accepted={STREAM_AGE: "30m"},
        reason=f"is not a duration of 30m or less: old streams {_STREAMS}",
        remedy="Use 30m or less, or remove it.",
    ),
    Refused(
        name=f"{STREAM_AGE} as an argument",
        surface=ISTIOD,
        path=("extraContainerArgs",),
        when=lambda value: STREAM_AGE in str(value),
        example={"extraContainerArgs": [f"--{STREAM_AGE}=24h"]},
        accepted={"extraContainerArgs": ["--log_caller=ca"]},
        reason=f"contains {STREAM_AGE}: old streams {_STREAMS}",
        remedy=f"Remove it; set the chart's value {STREAM_AGE} instead, up to 30m.",
    ),
    Refused(
        name="cni.enabled",
        surface=ISTIOD,
        path=("cni", "enabled"),
        when=off,
        example={"cni": {"enabled": False}},
        accepted={"cni": {"enabled": True}},
        reason="is off: pods would need an init container with NET_ADMIN, which Pod Security level restricted rejects.",
        remedy="Remove it.",
    ),
    Refused(
        name="global.platform",
        surface=ISTIO,
        path=("global", "platform"),
        when=lambda value: str(value).lower() == "eks",
        example={"global": {"platform": "eks"}},
        accepted={"global": {"platform": "openshift"}},
        reason="is unknown to the charts, which then fail: EKS needs no platform profile.",
        remedy="Remove it.",
    ),
    Refused(
        name="platform",
        surface=ISTIO,
        path=("platform",),
        when=lambda value: str(value).lower() == "eks",
        example={"platform": "EKS"},
        accepted={"platform": "openshift"},
        reason="is unknown to the charts, which then fail: EKS needs no platform profile.",
        remedy="Remove it.",
    ),
    Refused(
        name="revisionTags",
        surface=ISTIOD,
        path=("revisionTags",),
        when=bool,
        example={"revisionTags": ["prod"]},
        accepted={"revisionTags": []},
        reason="is not supported: this stack owns the tag's webhook, and when the tag moves, two Helm releases would "
        "overwrite each other's webhook.",
        remedy="Remove it; mesh.tag sets the tag.",
    ),
    Refused(
        name="revision",
        surface=ISTIO,
        path=("revision",),
        when=touched,
        example={"revision": None},
        reason="is not supported: mesh.version determines the revision of every chart.",
        remedy="Remove it; set mesh.version or mesh.canaryVersion instead.",
    ),
    Refused(
        name="defaultRevision",
        surface=ISTIOD + BASE,
        path=("defaultRevision",),
        when=touched,
        example={"defaultRevision": None},
        reason="is not supported: a value that is not a running revision, such as a tag, silently disables validation.",
        remedy="Remove it; mesh.version determines it.",
    ),
    Refused(
        name="discoverySelectors",
        surface=ISTIOD,
        path=("meshConfig", "discoverySelectors"),
        when=touched,
        example={"meshConfig": {"discoverySelectors": None}},
        reason="is not supported: it would replace the selector of this stack. istiod would no longer see the "
        f"namespaces labelled {names.DISCOVERY_KEY}, and would silently drop their policies.",
        remedy="Remove it; to add a namespace, label it.",
    ),
    Refused(
        name="meshConfig.trustDomain",
        surface=ISTIOD,
        path=("meshConfig", "trustDomain"),
        when=touched,
        example={"meshConfig": {"trustDomain": None}},
        reason="is not supported: mesh.trustDomain determines the identities in policies.",
        remedy="Remove it; set mesh.trustDomain instead.",
    ),
    Refused(
        name="terminationDrainDuration",
        surface=ISTIOD,
        path=("meshConfig", "defaultConfig", "terminationDrainDuration"),
        example={"meshConfig": {"defaultConfig": {"terminationDrainDuration": "30s"}}},
        accepted={"meshConfig": {"defaultConfig": {"terminationDrainDuration": None}}},
        reason="has no effect: native sidecars drain together with their pod, and gateways have their own duration.",
        remedy="Remove it.",
    ),
    Refused(
        name="PROXY_CONFIG_XDS_AGENT",
        surface=ISTIOD,
        path=("meshConfig", "defaultConfig", "proxyMetadata", "PROXY_CONFIG_XDS_AGENT"),
        when=off,
        example={"meshConfig": {"defaultConfig": {"proxyMetadata": {"PROXY_CONFIG_XDS_AGENT": "false"}}}},
        accepted={"meshConfig": {"defaultConfig": {"proxyMetadata": {"PROXY_CONFIG_XDS_AGENT": "true"}}}},
        reason="is off: proxies would not receive a new root, and replacing the root would cause an outage.",
        remedy="Remove it; this stack sets it to true.",
    ),
    Refused(
        name="excludeIPRanges",
        surface=ISTIOD,
        path=("global", "proxy", "excludeIPRanges"),
        when=lambda value: CREDENTIALS_ADDRESS not in str(value),
        example={"global": {"proxy": {"excludeIPRanges": "10.0.0.0/8"}}},
        accepted={"global": {"proxy": {"excludeIPRanges": "169.254.170.23/32,10.0.0.0/8"}}},
        reason=f"does not contain {CREDENTIALS_ADDRESS}: the proxy would intercept requests for EKS Pod Identity "
        "credentials, which would then fail.",
        remedy=f"Add {CREDENTIALS_ADDRESS}/32.",
    ),
    Refused(
        name="istioNamespace",
        surface=ISTIO,
        path=("global", "istioNamespace"),
        when=lambda value: value != names.ISTIO_SYSTEM,
        example={"global": {"istioNamespace": "mesh"}},
        accepted={"global": {"istioNamespace": "istio-system"}},
        reason=f"is not supported: certificates, policies and webhooks are in {names.ISTIO_SYSTEM}.",
        remedy="Remove it.",
    ),
    Refused(
        name="taint.enabled",
        surface=ISTIOD,
        path=("taint", "enabled"),
        when=off,
        example={"taint": {"enabled": False}},
        accepted={"taint": {"enabled": True}},
        reason="is off: app nodes would keep the taint cni.istio.io/not-ready, and no app pod would start.",
        remedy="Remove it.",
    ),
    Refused(
        name="chained",
        surface=CNI,
        path=("chained",),
        when=off,
        example={"chained": False},
        accepted={"chained": True},
        reason="is off: istio-cni would replace the VPC CNI instead of chaining after it. Pods would get no address.",
        remedy="Remove it.",
    ),
)
