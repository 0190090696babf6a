"""The kubernetes provider in front of a cluster that only keeps what it is given, or of a real API server."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from local.providers.kubernetes.kept_cluster import Cluster
from local.providers.kubernetes.objects import Identity, identity
from local.providers.kubernetes.target import Target
from local.providers.protocol.base import Deed, Failure, Inputs, Outputs, StandIn
from local.providers.protocol.failures import RefusedError
from local.providers.protocol.wire import known
from ops.diff.tables import replacement
from ops.diff.tables.replacement import Rule
from ops.diff.tables.unknown import UNKNOWN

RELEASE = "kubernetes:helm.sh/v3:Release"
SECRET = "kubernetes:core/v1:Secret"


class Kubernetes(StandIn):
    """What the provider decides before and after it talks to a cluster.

    cluster: what is behind it, for tests to look at. By default nothing runs there: what is applied counts as ready.
    """

    package = "kubernetes"
    rules = replacement.KUBERNETES
    secret_outputs: ClassVar[Mapping[str, frozenset[str]]] = {SECRET: frozenset({"data", "stringData"})}

    def __init__(self, *, deeds: list[Deed] | None = None, cluster: Target | None = None) -> None:
        super().__init__(deeds=deeds)
        self.cluster: Target = cluster or Cluster()

    def config_rule(self, olds: Inputs, news: Inputs) -> Rule:
        """Return the rule: another cluster, or a kubeconfig that is not known yet, replaces every resource in it."""
        if news.get("kubeconfig") is UNKNOWN:
            return replacement.OTHER_CLUSTER
        before, now = olds.get("clusterIdentifier"), news.get("clusterIdentifier")
        if before and now:
            return replacement.SAME_CLUSTER if before == now else replacement.OTHER_CLUSTER
        same = _active_cluster(olds.get("kubeconfig")) == _active_cluster(news.get("kubeconfig"))
        return replacement.SAME_CLUSTER if same else replacement.OTHER_CLUSTER

    def rule(self, type_: str) -> Rule:
        """Return the rule for the type and the provider resource's options; custom resources only move."""
        for setting, mutable in replacement.KUBERNETES_MUTABLE.items():
            # Provider inputs other than texts arrive as JSON.
            if type_ in mutable and self.request.config.get(setting) in ("true", True):
                return mutable[type_]
        return self.rules.get(type_, replacement.OBJECT)

    def check(self, type_: str, inputs: Inputs) -> tuple[Inputs, list[Failure]]:
        """Generate a missing name, and refuse inputs that the stand-in would silently get wrong."""
        required = ("name", "chart") if type_ == RELEASE else ("metadata", "kind", "apiVersion")
        failures = [
            Failure(property=each, reason="missing required property") for each in required if each not in inputs
        ]
        if known(inputs.get("metadata")) and "name" not in inputs.get("metadata", {"name": ""}):
            failures.append(Failure(property="metadata.name", reason="this stand-in makes no names up"))
        if inputs.get("immutable"):
            failures.append(Failure(property="immutable", reason="this stand-in has no rule for immutable objects"))
        return inputs, failures

    def plan(self, type_: str, inputs: Inputs) -> Outputs:
        """Ask the API server whether it would accept the object; the resulting object stays unknown."""
        self._preview(type_, inputs, None)
        return {}

    def plan_update(self, type_: str, olds: Inputs, news: Inputs, outputs: Outputs) -> Outputs:
        """Plan like ``plan``, for an existing object."""
        self._preview(type_, news, outputs)
        return {}

    def create(self, type_: str, name: str, inputs: Inputs) -> tuple[str, Outputs]:
        """Install a release or apply an object that does not exist yet."""
        self._connect()
        if type_ == RELEASE:
            installed = self.cluster.install(inputs)
            return f"{installed['status']['namespace']}/{installed['name']}", installed
        return str(identity(inputs)), self.cluster.create(inputs)

    def read(self, type_: str, id_: str, inputs: Inputs, outputs: Outputs) -> tuple[Inputs, Outputs] | None:
        """Return the object or release in the cluster."""
        self._connect()
        if not outputs:
            raise RefusedError(f"{type_} {id_}: this stand-in reads only what it has made")
        found = self.cluster.release(inputs) if type_ == RELEASE else self.cluster.find(inputs)
        return (inputs, inputs | found) if found else None

    def update(self, type_: str, id_: str, olds: Inputs, news: Inputs, outputs: Outputs) -> Outputs:
        """Upgrade a release or apply an object again."""
        self._connect()
        return self.cluster.upgrade(news) if type_ == RELEASE else self.cluster.update(news, outputs)

    def delete(self, type_: str, id_: str, outputs: Outputs) -> None:
        """Uninstall a release or delete an object, and wait until it is deleted."""
        self._connect()
        if type_ == RELEASE:
            self.cluster.uninstall(outputs)
        else:
            self.cluster.delete(outputs)

    def cancel(self) -> None:
        """Cancel all waiting."""
        self.cluster.cancel()

    def _preview(self, type_: str, inputs: Inputs, outputs: Outputs | None) -> None:
        """Preview as the provider does: neither releases nor unknown values."""
        reachable = self.request.config.get("kubeconfig") not in (None, "", UNKNOWN)
        if type_ != RELEASE and reachable and known(inputs):
            self.cluster.preview(inputs, outputs)

    def _connect(self) -> None:
        if not self.request.config.get("kubeconfig"):
            raise RefusedError("configured Kubernetes cluster is unreachable: the provider has no kubeconfig")

    def leftovers(self) -> list[Identity]:
        """Return everything in the cluster that Kubernetes itself did not create."""
        return self.cluster.leftovers()


def _active_cluster(kubeconfig: Any) -> Any:
    """Return the part of a kubeconfig that tells one cluster from another."""
    if not isinstance(kubeconfig, str):
        return kubeconfig
    try:
        return json.loads(kubeconfig).get("clusters")
    except ValueError:
        return kubeconfig
