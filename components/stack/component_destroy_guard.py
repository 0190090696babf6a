"""The resource at which a destroy of a protected stack fails, before anything is deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from . import destroy_guard


@dataclass(frozen=True, kw_only=True)
class DestroyGuardArgs:
    """Arguments of DestroyGuard."""

    protect: bool
    """Whether deletion is refused."""
    namespace: pulumi.Input[str]
    """Namespace of the guard."""
    remote: Sequence[pulumi.Input[pulumi.Resource]]
    """Children of remote components, from their outputs."""


class DestroyGuard(pulumi.ComponentResource):
    """A ConfigMap that depends on everything else, so that it is deleted first and alone; uses stack.destroy_guard.

    After a refused deletion the engine continues with everything that the refused resource does not depend on: a
    protected VPC would not keep what is in it. ``depends_on`` of ``opts`` must contain all other components. The
    children of a remote component count only if they are named themselves, hence ``remote``.

    The guard always exists: after an ``up`` without protection, the next destroy deletes it with the rest. Has no
    outputs.
    """

    def __init__(self, name: str, args: DestroyGuardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:stack:DestroyGuard", name, {"protect": args.protect}, opts)

        kubernetes.core.v1.ConfigMap(
            name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=destroy_guard.NAME, namespace=args.namespace),
            data=destroy_guard.data(args.protect),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.remote), protect=args.protect),
        )
        self.register_outputs({})
