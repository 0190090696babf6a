"""Which changes replace a resource instead of updating it: a provider's answer, kept as data.

One rule per type in use; a type without a rule has no answer, and asking for one is an error. The rules of `aws`
are in ``replacement_aws``, those of pulumi-eks' components in ``replacement_eks``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

EVERYTHING = ("*",)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a change does to a resource of one type.

    replaces: property paths, keys joined by ``.``; ``*`` stands for any key or index. What lies below a path counts.
    updates: paths that are updated in place although ``replaces`` covers them.
    identity: paths that name the resource where it lives. When the program sets the first of them itself and none of
        them changes, old and new cannot stand side by side: a replacement then deletes first.
    deletes_first: every replacement deletes first.
    only: the inputs that the rule speaks of, ``None`` for all of them; what another does is not known.
    source: where the provider says so.
    """

    replaces: tuple[str, ...]
    updates: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    deletes_first: bool = False
    only: tuple[str, ...] | None = None
    source: str


_TLS = "terraform-provider-tls internal/provider/resource_{}.go: attributes with RequiresReplace"

# maxPathLength is taken to replace like all that goes into a certificate; the sources read do not say so.
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
    """A Kubernetes object: moved or renamed it is another one; with a fixed name the old one has to go first.

    The latter: pulumi-kubernetes provider/pkg/provider/provider.go, Diff, ``deleteBeforeReplace``.
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
    # A release that is replaced under the same name would delete its successor: nothing but the name replaces it.
    "kubernetes:helm.sh/v3:Release": Rule(
        replaces=("name", "namespace"),
        source="pulumi-kubernetes provider/pkg/provider/helm_release.go, Diff: forceNewFields",
    ),
}

# Provider input → what it takes out of the rules above.
KUBERNETES_MUTABLE: Mapping[str, Mapping[str, Rule]] = {
    "enableSecretMutable": {"kubernetes:core/v1:Secret": _object("type")},
    "enableConfigMapMutable": {"kubernetes:core/v1:ConfigMap": OBJECT},
}

_DIFF_CONFIG = "pulumi-kubernetes provider/pkg/provider/provider.go, DiffConfig, and provider_diffconfig_test.go"
SAME_CLUSTER = Rule(replaces=(), source=_DIFF_CONFIG)
# Whatever else changed with it replaces as well.
OTHER_CLUSTER = Rule(replaces=EVERYTHING, source=_DIFF_CONFIG)
