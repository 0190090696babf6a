"""The stack's outputs, as ``contract.model`` promises them."""

from collections.abc import Mapping
from typing import Any

import pulumi

from ..bookinfo import routing
from ..cluster.component import Cluster
from ..gateways.component import Gateway
from ..network.component import Network
from ..network.component_existing import ExistingNetwork
from ..settings import Settings
from ..settings.loaded import Loaded
from ..trust.component import CertificateAuthority
from . import values as contract_values


def previous() -> pulumi.StackReference:
    """What the last ``up`` of this very stack put out; every output is None before the first."""
    return pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")


def contract(
    stack: Loaded,
    network: Network | ExistingNetwork,
    cluster: Cluster,
    authority: CertificateAuthority,
    entries: Mapping[str, Gateway],
) -> dict[str, pulumi.Input[Any]]:
    """Every output by name; asks contract.values, bookinfo.routing.

    entries: the gateways by their names in the settings.
    """
    values = contract_values.of(stack.settings, stack.region)
    named = {name: {"dnsName": entry.dns_name, "hostedZoneId": entry.hosted_zone_id} for name, entry in entries.items()}
    return {
        **values,
        "vpcId": network.vpc_id,
        "privateSubnetIds": network.private_subnet_ids,
        "publicSubnetIds": network.public_subnet_ids,
        "clusterName": cluster.name,
        "clusterArn": cluster.arn,
        "oidcProviderArn": cluster.oidc_provider_arn,
        "kubeconfig": cluster.kubeconfig,
        "gateways": {name: {**each, **named[name]} for name, each in values["gateways"].items()},
        "rootCertificateFingerprints": authority.root_fingerprints,
        "certificates": authority.certificates,
        "bookinfoUrl": _bookinfo_url(stack.settings, entries),
    }


def _bookinfo_url(settings: Settings, entries: Mapping[str, Gateway]) -> pulumi.Output[str] | None:
    if not settings.bookinfo.enabled:
        return None
    entrance = settings.gateways[settings.bookinfo.gateway]
    return entries[settings.bookinfo.gateway].dns_name.apply(lambda known: routing.url(entrance, known))
