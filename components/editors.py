"""Access of the namespaces' editors to the cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from design import editors
from design.site import Site


@dataclass(frozen=True, kw_only=True)
class EditorsArgs:
    """What Editors needs."""

    cluster_name: pulumi.Input[str]
    entries: Sequence[editors.EditorEntry]
    site: Site


class Editors(pulumi.ComponentResource):
    """One access entry a principal, with the groups that the namespaces' RoleBindings know.

    Asks design.editors. Has no outputs.
    """

    def __init__(self, name: str, args: EditorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"groups": {entry.principal_arn: list(entry.groups) for entry in args.entries}}
        super().__init__("istio-eks:mesh:Editors", name, inputs, opts)

        for entry in args.entries:
            aws.eks.AccessEntry(
                f"{name}-{entry.key}",
                cluster_name=args.cluster_name,
                principal_arn=entry.principal_arn,
                kubernetes_groups=list(entry.groups),
                type="STANDARD",
                tags=args.site.named(name),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
