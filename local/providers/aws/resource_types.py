"""Every resource type of the aws stand-in, by its token."""

from local.providers.aws import (
    eks_access,
    eks_addons,
    eks_cluster,
    eks_nodes,
    eks_pod_identities,
    iam,
    keys_and_logs,
    launch_templates,
    listeners,
    load_balancers,
    parameters,
    routes,
    security_groups,
    target_groups,
    vpc,
)
from local.providers.aws.resource import Resource

MODULES = (
    vpc,
    routes,
    security_groups,
    launch_templates,
    iam,
    keys_and_logs,
    load_balancers,
    target_groups,
    listeners,
    parameters,
    eks_cluster,
    eks_nodes,
    eks_addons,
    eks_pod_identities,
    eks_access,
)
TYPES: dict[str, type[Resource]] = {resource.type: resource for module in MODULES for resource in module.RESOURCES}
