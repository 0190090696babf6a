"""EKS add-ons: their versions, configuration and order.

This stack installs all of them: the cluster is created without self-managed add-ons, and pulumi-eks creates none,
because it would take the latest version at every ``up`` and create CoreDNS before there is a node to run it.
Configuration follows each add-on's schema (``aws eks describe-addon-configuration``), which rejects unknown keys.
"""

import json
from dataclasses import dataclass
from typing import Any

from .. import settings
from ..aws import iam
from ..charts.located import Located, at
from ..charts.values import Values, merge, without_nones
from ..kubernetes.quantities import Path
from ..settings import versions
from . import nodes

EBS_DRIVER = "aws-ebs-csi-driver"

# EKS' own Corefile with a longer lameduck (in-flight lookups end before the pod does), the answers of a lost API
# server served stale, and records kept for 30 s. `upstream` stays out: CoreDNS does not start with it.
COREFILE = """\
.:53 {
    errors
    health {
        lameduck 30s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30 {
        serve_stale
    }
    loop
    reload
    loadbalance
}
"""


@dataclass(frozen=True, kw_only=True)
class PodIdentity:
    """IAM policy for the pods of a ServiceAccount."""

    service_account: str
    """Name of the ServiceAccount."""
    policy_arn: str
    """ARN of the policy."""


@dataclass(frozen=True, kw_only=True)
class AddonPlan:
    """One EKS add-on."""

    name: str
    """Name of the add-on at AWS."""
    version: str
    """Version of the add-on as AWS names it."""
    defaults: dict[str, Any]
    """Configuration that this stack sets."""
    overrides: dict[str, Any]
    """Configuration of the settings, merged over the defaults."""
    identity: PodIdentity | None = None
    """IAM policy of its pods."""

    @property
    def overrides_path(self) -> Path:
        """Path of the overrides in the settings."""
        return ("cluster", "addons", self.name, "configuration")

    @property
    def values(self) -> Values:
        """Merged configuration; a null in the settings removes a default of this stack."""
        return without_nones(merge(self.defaults, self.overrides))

    @property
    def located(self) -> Located:
        """Merged configuration with its paths in the settings."""
        return at(self.overrides_path, self.values)

    @property
    def configuration(self) -> str | None:
        """Configuration as canonical JSON, because EKS updates an add-on when the text changes; None for no changes."""
        return json.dumps(self.values, sort_keys=True, separators=(",", ":")) if self.values else None


def before_nodes(cluster: settings.Cluster) -> tuple[AddonPlan, ...]:
    """Return the add-ons that every node needs when it starts.

    Enabling prefix delegation later would leave existing nodes at their old pod limit.
    """
    return tuple(
        _plan(name, defaults, cluster)
        for name, defaults in {
            "vpc-cni": _vpc_cni(),
            "kube-proxy": {},
            "eks-pod-identity-agent": {},
        }.items()
    )


def after_nodes(cluster: settings.Cluster, region: str) -> tuple[AddonPlan, ...]:
    """Return the add-ons that need a node to become ready; without one, each waits twenty minutes and fails."""
    on_system_nodes: dict[str, Any] = {
        "nodeSelector": dict(nodes.SYSTEM_SELECTOR),
        "tolerations": list(nodes.SYSTEM_TOLERATIONS),
    }
    always = (
        _plan("coredns", {**_coredns(), **on_system_nodes}, cluster),
        # The autoscalers of istiod and the gateways read its metrics.
        _plan("metrics-server", on_system_nodes, cluster),
    )
    if EBS_DRIVER not in cluster.addons:
        return always
    identity = PodIdentity(
        service_account="ebs-csi-controller-sa", policy_arn=iam.managed_policy(iam.EBS_CSI_POLICY, region)
    )
    # Its node pods tolerate every taint by default.
    return (*always, _plan(EBS_DRIVER, {"controller": on_system_nodes}, cluster, identity))


def plans(cluster: settings.Cluster, region: str) -> tuple[AddonPlan, ...]:
    """Return every add-on of the cluster."""
    return (*before_nodes(cluster), *after_nodes(cluster, region))


def _vpc_cni() -> dict[str, Any]:
    return {
        # A /28 at a time instead of single addresses: 110 pods per m6i.large instead of 29.
        "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"},
        # By default the API server accepts NetworkPolicies of charts and teams, but nothing enforces them.
        "enableNetworkPolicy": "true",
    }


def _coredns() -> dict[str, Any]:
    return {
        "autoScaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 10},
        "resources": {"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "170Mi"}},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
            }
        ],
        "corefile": COREFILE,
    }


def _plan(
    name: str, defaults: dict[str, Any], cluster: settings.Cluster, identity: PodIdentity | None = None
) -> AddonPlan:
    changes = cluster.addons.get(name) or settings.Addon()  # type: ignore[call-overload]
    return AddonPlan(
        name=name,
        version=changes.version or versions.ADDONS[name],
        defaults=defaults,
        overrides=changes.configuration,
        identity=identity,
    )
