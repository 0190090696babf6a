"""Changes that replace a resource instead of updating it: the providers' answers as data.

One rule per type in use. The rules of `aws` are in ``replacement_aws``, the rules of pulumi-eks' components in
``replacement_eks``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

EVERYTHING = ("*",)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Effect of a change on a resource of one type."""

    replaces: tuple[str, ...]
    """Property paths, keys joined by ``.``; ``*`` matches any key or index. Properties below a path are included."""
    updates: tuple[str, ...] = ()
    """Paths that are updated in place although ``replaces`` covers them."""
    identity: tuple[str, ...] = ()
    """Paths that name the resource at the provider.

    If the program sets the first of them and none of them changes, old and new cannot exist at the same time: a
    replacement then deletes first.
    """
    deletes_first: bool = False
    """Every replacement deletes first."""
    only: tuple[str, ...] | None = None
    """Inputs that the rule covers, ``None`` for all; the effect of other inputs is unknown."""
    source: str
    """Where the provider's code or documentation states the rule."""


_TLS = "terraform-provider-tls internal/provider/resource_{}.go: attributes with RequiresReplace"

# maxPathLength is assumed to replace, like every input of a certificate; the sources read do not say so.
TLS: Mapping[str, Rule] = {
    "tls:index/privateKey:PrivateKey": Rule(replaces=EVERYTHING, source=_TLS.format("private_key")),
    "tls:index/certRequest:CertRequest": Rule(replaces=EVERYTHING, source=_TLS.format("cert_request")),
    "tls:index/selfSignedCert:SelfSignedCert": Rule(
        replaces=EVERYTHING, updates=("earlyRenewalHours",), source=_TLS.format("self_signed_cert")
    ),
    "tls:index/locallySignedCert:LocallySignedCert": Rule(
        replaces=EVERYTHING, updates=("earlyRenewalHours",), source=_TLS.format("locally_signed_cert")
    ),
}

_NAMED = ("metadata.name", "metadata.namespace")
_FORCE_NEW = "pulumi-kubernetes provider/pkg/provider/diff.go, forceNewProperties"


def _object(*replaces: str) -> Rule:
    """Return the rule of a Kubernetes object: another name or namespace replaces it, a fixed name deletes first.

    Source of the latter: pulumi-kubernetes provider/pkg/provider/provider.go, Diff, ``deleteBeforeReplace``.
    """
    return Rule(replaces=(*_NAMED, *replaces), identity=_NAMED, source=_FORCE_NEW)


OBJECT = _object()
_DEPLOYED = _object("spec.selector")
_BINDING = _object("roleRef")

KUBERNETES: Mapping[str, Rule] = {
    "kubernetes:core/v1:ConfigMap": _object("binaryData", "data"),
    "kubernetes:core/v1:Secret": _object("type", "stringData", "data"),
    "kubernetes:core/v1:Service": _object("spec.clusterIP"),
    "kubernetes:apps/v1:DaemonSet": _DEPLOYED,
    "kubernetes:apps/v1:Deployment": _DEPLOYED,
    "kubernetes:apps/v1:StatefulSet": _object(
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": _BINDING,
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": _BINDING,
    # Only the name replaces it: a release replaced under the same name would delete its successor.
    "kubernetes:helm.sh/v3:Release": Rule(
        replaces=("name", "namespace"),
        source="pulumi-kubernetes provider/pkg/provider/helm_release.go, Diff: forceNewFields",
    ),
}

# Rules of types that a provider input makes mutable.
KUBERNETES_MUTABLE: Mapping[str, Mapping[str, Rule]] = {
    "enableSecretMutable": {"kubernetes:core/v1:Secret": _object("type")},
    "enableConfigMapMutable": {"kubernetes:core/v1:ConfigMap": OBJECT},
}

_DIFF_CONFIG = "pulumi-kubernetes provider/pkg/provider/provider.go, DiffConfig, and provider_diffconfig_test.go"
SAME_CLUSTER = Rule(replaces=(), source=_DIFF_CONFIG)
# Any other change to the provider replaces as well.
OTHER_CLUSTER = Rule(replaces=EVERYTHING, source=_DIFF_CONFIG)
