"""Rules for ``cluster``: versions, the API endpoint."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network

from ..network import addressing
from ..settings import names, versions
from ..settings.problems import Problem
from ..settings.registry import Context, rule

# PublicAccessCidrs takes 40 ranges (docs.aws.amazon.com/eks, "Service quotas"), none of them private.
MOST_PUBLIC_CIDRS = 40
# A node's kubelet may lag the control plane by this many minors, and kube-proxy lags with it.
KUBE_PROXY_LAG = 3


@rule("cluster")
def version(context: Context) -> Iterable[Problem]:
    """EKS offers the Kubernetes version. The end of its support is a warning: it must not stop an urgent fix."""
    wanted = context.settings.cluster.version
    if not _known(wanted):
        yield Problem(
            key="cluster.version",
            value=wanted,
            reason="is not a version this program knows EKS to offer.",
            remedy=f"Write {_listed(versions.EKS_STANDARD_SUPPORT_ENDS)}, or extend components/settings/versions.py.",
        )


@rule("cluster")
def kube_proxy(context: Context) -> Iterable[Problem]:
    """kube-proxy is not newer than the control plane: EKS offers no such build."""
    cluster = context.settings.cluster
    addon = cluster.addons.get("kube-proxy")
    build = (addon and addon.version) or versions.ADDONS["kube-proxy"]
    distance = _minor(cluster.version) - _minor(build.lstrip("v"))
    if _known(cluster.version) and not 0 <= distance <= KUBE_PROXY_LAG:
        yield Problem(
            key="cluster.addons.kube-proxy.version",
            value=build,
            reason=f"does not go with cluster.version {cluster.version}: kube-proxy is of the same minor, or up to "
            f"{KUBE_PROXY_LAG} older.",
            remedy=f"Write a build of v{cluster.version}: aws eks describe-addon-versions --addon-name kube-proxy "
            f"--kubernetes-version {cluster.version}.",
        )


@rule("cluster")
def endpoint(context: Context) -> Iterable[Problem]:
    """A public endpoint and its list go together."""
    endpoint = context.settings.cluster.endpoint
    if endpoint.public and not endpoint.public_cidrs:
        yield Problem(
            key="cluster.endpoint.publicCidrs",
            value=None,
            reason="is empty while the endpoint is public: EKS would then let everybody in.",
            remedy=f"List who may reach it, as in [198.51.100.7/32]; {names.ANYWHERE} says everybody.",
        )
    if endpoint.public_cidrs and not endpoint.public:
        yield Problem(
            key="cluster.endpoint.publicCidrs",
            value=list(endpoint.public_cidrs),
            reason="has no effect while cluster.endpoint.public is false, and EKS refuses it.",
            remedy="Write public: true, or remove the list.",
        )
    if len(endpoint.public_cidrs) > MOST_PUBLIC_CIDRS:
        yield Problem(
            key="cluster.endpoint.publicCidrs",
            value=None,
            reason=f"lists {len(endpoint.public_cidrs)} ranges; EKS takes {MOST_PUBLIC_CIDRS}.",
            remedy="Merge ranges.",
        )


@rule("cluster")
def public_ranges(context: Context) -> Iterable[Problem]:
    """A range starts at its first address; EKS refuses host bits."""
    for index, cidr in enumerate(context.settings.cluster.endpoint.public_cidrs):
        try:
            written = IPv4Network(cidr, strict=False)
        except ValueError:
            remedy = "Write four numbers up to 255, a slash and a length up to 32, as in 198.51.100.0/24."
            reason = "is not an IPv4 range."
        else:
            remedy, reason = f"Write {written}.", "is not the first address of its range: EKS refuses it."
            if str(written) == cidr:
                continue
        yield Problem(key=f"cluster.endpoint.publicCidrs[{index}]", value=cidr, reason=reason, remedy=remedy)


@rule("cluster")
def endpoint_addresses(context: Context) -> Iterable[Problem]:
    """Callers come to the public endpoint from public addresses."""
    for index, cidr in enumerate(context.settings.cluster.endpoint.public_cidrs):
        try:
            caller = IPv4Network(cidr)
        except ValueError:
            continue
        if any(caller.subnet_of(private) for private in addressing.PRIVATE_RANGES):
            yield Problem(
                key=f"cluster.endpoint.publicCidrs[{index}]",
                value=cidr,
                reason="is a private range: nobody reaches a public endpoint from it, and EKS refuses it.",
                remedy="Write the address that the internet sees, or remove it: the VPC uses the private endpoint.",
            )


def _known(kubernetes: str) -> bool:
    return kubernetes in versions.EKS_STANDARD_SUPPORT_ENDS


def _minor(version: str) -> int:
    """``36`` of ``1.36`` or ``1.36.0-eksbuild.25``; -1 when there is none."""
    found = re.match(r"[0-9]+\.([0-9]{1,4})(?![0-9])", version)
    return int(found[1]) if found else -1


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
