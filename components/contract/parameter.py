"""The contract as one SSM parameter: its name, content and maximum size."""

import json
from collections.abc import Mapping
from typing import Any

from ..cluster import kubeconfig
from ..gateways import objects
from ..gateways import plan as gateways
from ..settings import Generations, Settings
from ..settings.names import PROJECT
from . import values

# Bytes of a value by tier (AWS Systems Manager, "Managing parameter tiers").
STANDARD, ADVANCED = 4096, 8192
# AWS uses the free standard tier until the text exceeds it, and never switches back by itself.
TIER = "Intelligent-Tiering"
# Never SecureString: reading it requires no key, and it contains no secret.
TYPE = "String"

# Examples at least as long as the values that AWS assigns.
_ACCOUNT = "1" * 12
_ID = "x" * 24
_CERTIFICATE_AUTHORITY = "x" * 1600
_ISSUER_ID = "X" * 32
_DNS_NAME = "x" * 80
_ZONE_ID = "Z" * 21
_FINGERPRINT = ":".join(["00"] * 32)
_DAY, _MOMENT = "2026-11-22", "2026-11-22T12:00:00Z"


def name(environment: str) -> str:
    """Return the name of the parameter: ``/istio-eks-prod/contract``."""
    return f"/{environment}/contract"


def text(outputs: Mapping[str, Any]) -> str:
    """Return the outputs as JSON without spaces; the same outputs always give the same text."""
    return json.dumps(outputs, separators=(",", ":"), sort_keys=True)


def longest(settings: Settings, region: str, stack: str) -> int:
    """Return the maximum size of the text in bytes; values that AWS assigns count with their maximum length."""
    return len(text(_example(settings, region, f"{PROJECT}-{stack}")).encode())


def _example(settings: Settings, region: str, environment: str) -> dict[str, Any]:
    arn = f"arn:aws-us-gov:eks:{region}:{_ACCOUNT}:cluster/{environment}"
    issuer = f"oidc.eks.{region}.amazonaws.com/id/{_ISSUER_ID}"
    subnets = [_ID] * _zones(settings)
    named = {"dnsName": _DNS_NAME, "hostedZoneId": _ZONE_ID}
    return {
        **values.of(settings, region),
        "vpcId": _ID,
        "privateSubnetIds": subnets,
        "publicSubnetIds": subnets,
        "clusterName": environment,
        "clusterArn": arn,
        "oidcProviderArn": f"arn:aws-us-gov:iam::{_ACCOUNT}:oidc-provider/{issuer}",
        "kubeconfig": kubeconfig.render(environment, f"https://{issuer}", _CERTIFICATE_AUTHORITY, region),
        "gateways": {
            name: {**objects.outputs(plan, settings.mesh.trust_domain), **named}
            for name, plan in gateways.plans(settings.gateways, settings.mesh).items()
        },
        "rootCertificateFingerprints": [_FINGERPRINT] * len(settings.mesh.certificates.root.generations),
        "certificates": _certificates(settings),
        "bookinfoUrl": f"https://{_DNS_NAME}/productpage",
    }


def _certificates(settings: Settings) -> dict[str, Any]:
    def dates(kind: Generations) -> dict[str, Any]:
        generations = [{"number": each.number, "issued": _DAY, "ends": _DAY} for each in kind.generations]
        return {"signing": kind.signing, "generations": generations}

    certificates = settings.mesh.certificates
    since = {"trusted": _MOMENT, "signing": _MOMENT}
    kinds = {"root": dates(certificates.root), "intermediate": dates(certificates.intermediate)}
    return {"phase": "trust-both", **kinds, "since": since}


def _zones(settings: Settings) -> int:
    existing = settings.network.existing
    if existing is None:
        return len(settings.network.zones)
    return max(len(existing.private_subnet_ids), len(existing.public_subnet_ids))
