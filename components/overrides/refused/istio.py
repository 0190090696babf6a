"""Values of the charts base, cni and istiod."""

from typing import Any

from ...istio import istiod_values
from ...settings import names
from .conditions import BASE, CNI, HOUR_MS, ISTIO, ISTIOD, milliseconds, none, off, touched
from .row import Refused

CREDENTIALS_ADDRESS = istiod_values.POD_IDENTITY.partition("/")[0]
# The chart's own; trust.PROPAGATION counts on it.
STREAM_AGE_MS = HOUR_MS / 2
STREAM_AGE = "keepaliveMaxServerConnectionAge"
_STREAMS = "let proxies that missed a push stay without it for longer: a root rotation waits an hour for all of them."


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
        reason="is refused: a CPU limit sets GOMAXPROCS; docs/scale.md has how late it makes route changes at 1 CPU.",
        remedy="Remove it; memory is limited already.",
    ),
    Refused(
        name="sharding",
        surface=ISTIOD,
        path=("sharding",),
        example={"sharding": {"strategy": "isolation"}},
        accepted={"sharding": None},
        reason="never existed: nothing reads it.",
        remedy="Remove it; mesh.size, discovery labels and the default Sidecar bound what istiod does.",
    ),
    Refused(
        name="global.proxy.securityContext",
        surface=ISTIO,
        path=("global", "proxy", "securityContext"),
        example={"global": {"proxy": {"securityContext": {"runAsUser": 1}}}},
        accepted={"global": {"proxy": {"securityContext": None}}},
        reason="is read by nothing: the injected proxy is hardened by its template, and istio-cni takes away the rest.",
        remedy="Remove it.",
    ),
    Refused(
        name="gateways.enabled",
        surface=ISTIOD + BASE,
        path=("gateways", "enabled"),
        example={"gateways": {"enabled": False}},
        accepted={"gateways": {"enabled": None}},
        reason="is read by no chart: a gateway is a release of its own.",
        remedy="Remove it; `gateways` of the settings lists them.",
    ),
    Refused(
        name="istio_cni.enabled",
        surface=ISTIOD,
        path=("istio_cni", "enabled"),
        example={"istio_cni": {"enabled": True}},
        accepted={"istio_cni": {"enabled": None}},
        reason="is a legacy key that renders istio-cni off.",
        remedy="Remove it; cni.enabled is set.",
    ),
    *(
        Refused(
            name=f"istiod {key} 0",
            surface=ISTIOD,
            path=(key,),
            when=none,
            example={key: 0},
            accepted={key: 1},
            reason="is 0: without istiod no pod of the mesh starts, and certificates run out.",
            remedy="Write 1 or more, or remove it.",
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
        remedy="Write 30m or less, or remove it.",
    ),
    Refused(
        name=f"{STREAM_AGE} as an argument",
        surface=ISTIOD,
        path=("extraContainerArgs",),
        when=lambda value: STREAM_AGE in str(value),
        example={"extraContainerArgs": [f"--{STREAM_AGE}=24h"]},
        accepted={"extraContainerArgs": ["--log_caller=ca"]},
        reason=f"has {STREAM_AGE}: old streams {_STREAMS}",
        remedy=f"Remove it; {STREAM_AGE} is a value of the chart, up to 30m.",
    ),
    Refused(
        name="cni.enabled",
        surface=ISTIOD,
        path=("cni", "enabled"),
        when=off,
        example={"cni": {"enabled": False}},
        accepted={"cni": {"enabled": True}},
        reason="is off: pods would need an init container with NET_ADMIN, which Pod Security restricted refuses.",
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
        reason="is refused: two releases would fight over the tag's webhook when it moves; it is ours.",
        remedy="Remove it; mesh.tag names the tag.",
    ),
    Refused(
        name="revision",
        surface=ISTIO,
        path=("revision",),
        when=touched,
        example={"revision": None},
        reason="is refused: the revision follows mesh.version everywhere at once.",
        remedy="Remove it; write mesh.version or mesh.canaryVersion.",
    ),
    Refused(
        name="defaultRevision",
        surface=ISTIOD + BASE,
        path=("defaultRevision",),
        when=touched,
        example={"defaultRevision": None},
        reason="is refused: with anything but a running revision, a tag for example, validation is silently off.",
        remedy="Remove it; it follows mesh.version.",
    ),
    Refused(
        name="discoverySelectors",
        surface=ISTIOD,
        path=("meshConfig", "discoverySelectors"),
        when=touched,
        example={"meshConfig": {"discoverySelectors": None}},
        reason=f"replaces ours: istiod would no longer see the namespaces labelled {names.DISCOVERY_KEY}, and their "
        "policy would be gone without a word.",
        remedy="Remove it; label a namespace to add it.",
    ),
    Refused(
        name="meshConfig.trustDomain",
        surface=ISTIOD,
        path=("meshConfig", "trustDomain"),
        when=touched,
        example={"meshConfig": {"trustDomain": None}},
        reason="is refused: the identities that policies name follow mesh.trustDomain.",
        remedy="Remove it; write mesh.trustDomain.",
    ),
    Refused(
        name="terminationDrainDuration",
        surface=ISTIOD,
        path=("meshConfig", "defaultConfig", "terminationDrainDuration"),
        example={"meshConfig": {"defaultConfig": {"terminationDrainDuration": "30s"}}},
        accepted={"meshConfig": {"defaultConfig": {"terminationDrainDuration": None}}},
        reason="does nothing: native sidecars drain when their pod does, and gateways have a duration of their own.",
        remedy="Remove it.",
    ),
    Refused(
        name="PROXY_CONFIG_XDS_AGENT",
        surface=ISTIOD,
        path=("meshConfig", "defaultConfig", "proxyMetadata", "PROXY_CONFIG_XDS_AGENT"),
        when=off,
        example={"meshConfig": {"defaultConfig": {"proxyMetadata": {"PROXY_CONFIG_XDS_AGENT": "false"}}}},
        accepted={"meshConfig": {"defaultConfig": {"proxyMetadata": {"PROXY_CONFIG_XDS_AGENT": "true"}}}},
        reason="is off: proxies would not learn of a new root, and no root could be replaced without an outage.",
        remedy="Remove it; it is on.",
    ),
    Refused(
        name="excludeIPRanges",
        surface=ISTIOD,
        path=("global", "proxy", "excludeIPRanges"),
        when=lambda value: CREDENTIALS_ADDRESS not in str(value),
        example={"global": {"proxy": {"excludeIPRanges": "10.0.0.0/8"}}},
        accepted={"global": {"proxy": {"excludeIPRanges": "169.254.170.23/32,10.0.0.0/8"}}},
        reason=f"leaves out {CREDENTIALS_ADDRESS}: credentials of Pod Identity would go into the mesh, and nowhere.",
        remedy=f"Add {CREDENTIALS_ADDRESS}/32.",
    ),
    Refused(
        name="istioNamespace",
        surface=ISTIO,
        path=("global", "istioNamespace"),
        when=lambda value: value != names.ISTIO_SYSTEM,
        example={"global": {"istioNamespace": "mesh"}},
        accepted={"global": {"istioNamespace": "istio-system"}},
        reason=f"is refused: certificates, policy and webhooks are in {names.ISTIO_SYSTEM}.",
        remedy="Remove it.",
    ),
    Refused(
        name="taint.enabled",
        surface=ISTIOD,
        path=("taint", "enabled"),
        when=off,
        example={"taint": {"enabled": False}},
        accepted={"taint": {"enabled": True}},
        reason="is off: app nodes would keep their cni.istio.io/not-ready taint, and no app pod would start.",
        remedy="Remove it.",
    ),
    Refused(
        name="chained",
        surface=CNI,
        path=("chained",),
        when=off,
        example={"chained": False},
        accepted={"chained": True},
        reason="is off: istio-cni would stand in for the VPC CNI instead of behind it, and pods get no address.",
        remedy="Remove it.",
    ),
)
