"""What the pulumi-eks plugin refuses, in its words, and what this stand-in cannot build.

pulumi-eks 4.3 nodejs/eks: cluster/cluster.ts, cluster/authenticationMode.ts, nodes/nodegroup.ts.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
TEMPLATE_CONFLICTS = (
    "bootstrapExtraArgs",
    "bottlerocketSettings",
    "kubeletExtraArgs",
    "nodeadmExtraOptions",
    "enableIMDSv2",
    "userData",
    "amiId",
    "enableEfaSupport",
)


def cluster(args: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
    """Refuse what createCluster, createCore and validateAuthenticationMode throw for. Raises ValueError."""
    if _explicit_aws_provider(opts) and not args.get("providerCredentialOpts"):
        raise ValueError(
            "It looks like you're using an explicit AWS provider. "
            "Please specify this provider in providerCredentialOpts."
        )
    _authentication(args)
    if args.get("subnetIds") and (args.get("publicSubnetIds") or args.get("privateSubnetIds")):
        raise ValueError(
            "subnetIds, and the use of publicSubnetIds and/or privateSubnetIds are mutually exclusive. "
            "Choose a single approach."
        )
    if args.get("publicAccessCidrs") is not None and args.get("endpointPublicAccess") is False:
        raise ValueError("`publicAccessCidrs` can only be set when `endpointPublicAccess` is true")
    _refuse_the_rest(args)


def _authentication(args: Mapping[str, Any]) -> None:
    mode = args.get("authenticationMode")
    if mode is not None and mode not in MODES:
        raise ValueError(f"Invalid value for authenticationMode: {mode}. Allowed values are: {', '.join(MODES)}.")
    if mode == "API":
        for key in ("roleMappings", "userMappings", "instanceRoles"):
            if args.get(key):
                raise ValueError(
                    f"The '{key}' property does not support non-empty values when 'authenticationMode' is set to 'API'."
                )
    elif mode in (None, "CONFIG_MAP") and args.get("accessEntries"):
        raise ValueError(f"The 'accessEntries' property is not supported when 'authenticationMode' is {mode}.")


def _refuse_the_rest(args: Mapping[str, Any]) -> None:
    """Refuse arguments under which the plugin makes children that this stand-in does not know."""
    needed = {
        "authenticationMode": "API",
        "bootstrapSelfManagedAddons": False,
        "createInstanceRole": False,
        "createOidcProvider": False,
        "skipDefaultNodeGroup": True,
        "skipDefaultSecurityGroups": True,
        "useDefaultVpcCni": True,
    }
    for key, value in needed.items():
        if args.get(key) != value:
            raise NotImplementedError(f"the eks stand-in builds only clusters with {key}={value}")
    if args.get("serviceRole") is None or args.get("accessEntries"):
        raise NotImplementedError("the eks stand-in builds only clusters with serviceRole and without accessEntries")
    for key in ("corednsAddonOptions", "kubeProxyAddonOptions"):
        if (args.get(key) or {}).get("enabled", True):
            raise NotImplementedError(f"the eks stand-in builds only clusters with {key}.enabled=false")


def node_group(args: Mapping[str, Any]) -> None:
    """Refuse what createManagedNodeGroup throws for. Raises ValueError."""
    problems = []
    if args.get("nodeRole") is not None and args.get("nodeRoleArn") is not None:
        problems.append(
            "nodeRole: You cannot specify both nodeRole and nodeRoleArn when creating a managed node group."
        )
    if args.get("nodeRole") is None and args.get("nodeRoleArn") is None:
        problems.append("nodeRole: An IAM role, or role ARN must be provided to create a managed node group")
    problems += [
        f"amiId: You cannot specify both amiId and {key} when creating a managed node group."
        for key in ("gpu", "amiType")
        if args.get("amiId") and args.get(key)
    ]
    if args.get("launchTemplate") is not None and any(args.get(key) is not None for key in TEMPLATE_CONFLICTS):
        problems.append(
            "launchTemplate: If you provide a custom launch template, you cannot provide any of "
            f"{', '.join(TEMPLATE_CONFLICTS)}. Please include these in the launch template that you are providing."
        )
    if problems:
        raise ValueError(f"The input properties for the managed node group are invalid: {'; '.join(problems)}")
    for key in ("nodeRoleArn", "subnetIds", "scalingConfig", "launchTemplate"):
        if args.get(key) is None:
            raise NotImplementedError(f"the eks stand-in builds only node groups with {key}")


def _explicit_aws_provider(opts: pulumi.ResourceOptions) -> bool:
    providers = opts.providers
    return bool(opts.provider) or (isinstance(providers, Mapping) and "aws" in providers)
