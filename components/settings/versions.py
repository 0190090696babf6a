"""Pinned versions, and the versions that are compatible with each other."""

# renovate: datasource=endoflife-date depName=amazon-eks versioning=loose
KUBERNETES = "1.36"
# renovate: datasource=helm depName=istiod registryUrl=https://blob.istio.io/istio-release/charts
ISTIO = "1.31.1"
# The first version whose proxies support connectionSettings of proxy.istio.io/config
# (istio.io/api, mesh/v1alpha1/proxy.proto).
OLDEST_ISTIO = "1.31.0"

# Kubernetes minors that each Istio minor supports (istio.io, "Supported Releases").
ISTIO_SUPPORTS = {
    "1.31": ("1.32", "1.33", "1.34", "1.35", "1.36"),
}
# End of EKS standard support (docs.aws.amazon.com/eks, "Kubernetes versions"; read October 2026).
EKS_STANDARD_SUPPORT_ENDS = {
    "1.34": "2026-12-02",
    "1.35": "2027-03-27",
    "1.36": "2027-08-02",
}

# Since 1.31 charts and images are published only here; the older hosts shut down in December 2026.
ISTIO_CHARTS = "https://blob.istio.io/istio-release/charts"
EKS_CHARTS = "https://aws.github.io/eks-charts"
# renovate: datasource=helm depName=aws-load-balancer-controller registryUrl=https://aws.github.io/eks-charts
LOAD_BALANCER_CONTROLLER = "3.6.0"

# renovate: datasource=docker depName=docker.io/istio/examples-bookinfo-productpage-v1
BOOKINFO = "1.20.3"

# Add-on builds for Kubernetes 1.36 (vendor pages, September and October 2026); overridable in ``cluster.addons``.
ADDONS = {
    "vpc-cni": "v1.23.1-eksbuild.1",
    "kube-proxy": "v1.36.0-eksbuild.25",
    "eks-pod-identity-agent": "v1.4.0-eksbuild.2",
    "coredns": "v1.14.6-eksbuild.4",
    "metrics-server": "v0.9.0-eksbuild.11",
    "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
}

# Minimum version of the Pulumi CLI for `make up`.
# renovate: datasource=github-releases depName=pulumi/pulumi
PULUMI_CLI = ">=3.259.0"
# Minimum version of the AWS CLI: pulumi-eks uses `aws eks get-token` with an exec API that older versions do not write.
AWS_CLI = (2, 7)


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, for comparison."""
    return tuple(map(int, version.split(".")))


def is_too_old(istio: str) -> bool:
    """Check whether an Istio version is older than the oldest supported one."""
    return numbers(istio) < numbers(OLDEST_ISTIO)


def minor(version: str) -> str:
    """Return ``1.31`` for ``1.31.1``."""
    return ".".join(version.split(".")[:2])
