"""The one resource that a destroy of a protected stack fails at, before it has deleted anything."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from . import destroy_guard


@dataclass(frozen=True, kw_only=True)
class DestroyGuardArgs:
    """namespace: where the guard stands, istiod's. remote: what remote components make inside, by their outputs."""

    protect: bool
    namespace: pulumi.Input[str]
    remote: Sequence[pulumi.Input[pulumi.Resource]]


class DestroyGuard(pulumi.ComponentResource):
    """A ConfigMap that needs everything else, and so goes first and alone; asks stack.destroy_guard.

    After a refused deletion the engine goes on with everything that the refused resource does not need: a protected
    VPC keeps nothing of what stands in it. ``depends_on`` of ``opts`` names all other components. The children of a
    remote component count only when they are named themselves, hence ``remote``.

    It is always there: unprotected in one ``up``, it goes with the rest in the next destroy. Has no outputs.
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
