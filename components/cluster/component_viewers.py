"""Permissions of viewers beyond their EKS access policy."""

import pulumi
import pulumi_kubernetes as kubernetes

from . import access


class Viewers(pulumi.ComponentResource):
    """ClusterRole and ClusterRoleBinding of the viewers' group; uses cluster.access."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:cluster:Viewers", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)

        role = kubernetes.rbac.v1.ClusterRole(
            name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=access.VIEWERS_GROUP),
            rules=[
                kubernetes.rbac.v1.PolicyRuleArgs(
                    api_groups=[rule.group], resources=list(rule.resources), verbs=list(rule.verbs)
                )
                for rule in access.viewer_rules()
            ],
            opts=child,
        )
        kubernetes.rbac.v1.ClusterRoleBinding(
            name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=access.VIEWERS_GROUP),
            role_ref=kubernetes.rbac.v1.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=access.VIEWERS_GROUP
            ),
            subjects=[
                kubernetes.rbac.v1.SubjectArgs(
                    api_group="rbac.authorization.k8s.io", kind="Group", name=access.VIEWERS_GROUP
                )
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        self.register_outputs({})
