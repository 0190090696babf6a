"""Rules for ``cluster``: versions and the API endpoint."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network

from ..network import addressing
from ..settings import names, versions
from ..settings.problems import Problem
from ..settings.registry import Context, rule

# Ranges that publicAccessCidrs accepts, none of them private (docs.aws.amazon.com/eks, "Service quotas").
MOST_PUBLIC_CIDRS = 40
# Minor versions that the kubelet, and with it kube-proxy, may lag behind the control plane.
KUBE_PROXY_LAG = 3


@rule("cluster")
def version(context: Context) -> Iterable[Problem]:
    """Check that EKS offers the Kubernetes version.

    The end of its support is only a warning, because it must not block an urgent fix.
    """
    wanted = context.settings.cluster.version
    if not _known(wanted):
        yield Problem(
            key="cluster.version",
            value=wanted,
            reason="is not a Kubernetes version that this program knows EKS to offer.",
            remedy=f"Use one of {_listed(versions.EKS_STANDARD_SUPPORT_ENDS)}, or add it to "
            "components/settings/versions.py.",
        )


@rule("cluster")
def kube_proxy(context: Context) -> Iterable[Problem]:
    """Check that kube-proxy is not newer than the control plane: EKS offers no such build."""
    cluster = context.settings.cluster
    addon = cluster.addons.get("kube-proxy")
    build = (addon and addon.version) or versions.ADDONS["kube-proxy"]
    distance = _minor(cluster.version) - _minor(build.lstrip("v"))
    if _known(cluster.version) and not 0 <= distance <= KUBE_PROXY_LAG:
        yield Problem(
            key="cluster.addons.kube-proxy.version",
            value=build,
            reason=f"is not compatible with cluster.version {cluster.version}: kube-proxy must have the same minor "
            f"version, or be up to {KUBE_PROXY_LAG} minors older.",
            remedy=f"Use a build of v{cluster.version}; list them with aws eks describe-addon-versions --addon-name "
            f"kube-proxy --kubernetes-version {cluster.version}.",
        )


@rule("cluster")
def endpoint(context: Context) -> Iterable[Problem]:
    """Check that a public endpoint has ranges, and that only a public endpoint has them."""
    endpoint = context.settings.cluster.endpoint
    if endpoint.public and not endpoint.public_cidrs:
        yield Problem(
            key="cluster.endpoint.publicCidrs",
            value=None,
            reason="is empty while the endpoint is public: EKS would accept connections from every address.",
            remedy=f"List the ranges that may connect, such as [198.51.100.7/32]; {names.ANYWHERE} allows every "
            "address.",
        )
    if endpoint.public_cidrs and not endpoint.public:
        yield Problem(
            key="cluster.endpoint.publicCidrs",
            value=list(endpoint.public_cidrs),
            reason="has no effect while cluster.endpoint.public is false, and EKS rejects it.",
            remedy="Set public: true, or remove the list.",
        )
    if len(endpoint.public_cidrs) > MOST_PUBLIC_CIDRS:
        yield Problem(
            key="cluster.endpoint.publicCidrs",
            value=None,
            reason=f"lists {len(endpoint.public_cidrs)} ranges; EKS accepts at most {MOST_PUBLIC_CIDRS}.",
            remedy="Merge ranges.",
        )


@rule("cluster")
def public_ranges(context: Context) -> Iterable[Problem]:
    """Check that every range starts at its first address: EKS rejects host bits."""
    for index, cidr in enumerate(context.settings.cluster.endpoint.public_cidrs):
        try:
            written = IPv4Network(cidr, strict=False)
        except ValueError:
            remedy = "Write four numbers up to 255, a slash and a prefix length up to 32, such as 198.51.100.0/24."
            reason = "is not an IPv4 range."
        else:
            remedy, reason = f"Write {written}.", "does not start at the first address of its range: EKS rejects it."
            if str(written) == cidr:
                continue
        yield Problem(key=f"cluster.endpoint.publicCidrs[{index}]", value=cidr, reason=reason, remedy=remedy)


@rule("cluster")
def endpoint_addresses(context: Context) -> Iterable[Problem]:
    """Check that the ranges of the public endpoint are public addresses."""
    for index, cidr in enumerate(context.settings.cluster.endpoint.public_cidrs):
        try:
            caller = IPv4Network(cidr)
        except ValueError:
            continue
        if any(caller.subnet_of(private) for private in addressing.PRIVATE_RANGES):
            yield Problem(
                key=f"cluster.endpoint.publicCidrs[{index}]",
                value=cidr,
                reason="is a private range: a public endpoint is never reached from private addresses, and EKS rejects "
                "it.",
                remedy="Use the public address of the client, or remove it; the VPC uses the private endpoint.",
            )


def _known(kubernetes: str) -> bool:
    return kubernetes in versions.EKS_STANDARD_SUPPORT_ENDS


def _minor(version: str) -> int:
    """Return ``36`` for ``1.36`` or ``1.36.0-eksbuild.25``; -1 where there is no minor version."""
    match = re.match(r"[0-9]+\.([0-9]{1,4})(?![0-9])", version)
    return int(match[1]) if match else -1


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
