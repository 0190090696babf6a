"""Rules for ``mesh``: versions and the revision tag."""

from collections.abc import Iterable

from ..settings import names, versions
from ..settings.problems import Problem
from ..settings.registry import Context, rule


@rule("mesh")
def istio_version(context: Context) -> Iterable[Problem]:
    """Check that proxies of the version support the configuration of the gateways."""
    mesh = context.settings.mesh
    for key, version in (("mesh.version", mesh.version), ("mesh.canaryVersion", mesh.canary_version)):
        if version and versions.is_too_old(version):
            yield Problem(
                key=key,
                value=version,
                reason=f"is older than {versions.OLDEST_ISTIO}: its proxies silently ignore unknown fields. Gateways "
                "would lose their idle timeout and the EDGE profile that protects them from untrusted clients.",
                remedy=f'Use "{versions.ISTIO}".',
            )


@rule("mesh")
def kubernetes_version(context: Context) -> Iterable[Problem]:
    """Check that Istio supports the Kubernetes version."""
    kubernetes, mesh = context.settings.cluster.version, context.settings.mesh
    for key, istio in (("mesh.version", mesh.version), ("mesh.canaryVersion", mesh.canary_version)):
        if istio is None or versions.is_too_old(istio):
            continue
        supports = versions.ISTIO_SUPPORTS.get(versions.minor(istio))
        if supports is None:
            yield Problem(
                key=key,
                value=istio,
                reason="has an Istio minor version whose supported Kubernetes versions this program does not know.",
                remedy=f"Use a version of {_listed(versions.ISTIO_SUPPORTS)}, or add the minor to "
                "components/settings/versions.py.",
            )
        elif kubernetes not in supports and kubernetes in versions.EKS_STANDARD_SUPPORT_ENDS:
            yield Problem(
                key=key,
                value=istio,
                reason=f"does not support Kubernetes {kubernetes} (cluster.version), only {_listed(supports)}.",
                remedy="Use an Istio and a Kubernetes version that support each other.",
            )


@rule("mesh")
def canary(context: Context) -> Iterable[Problem]:
    """Check that the canary is another version, at most one minor away."""
    mesh = context.settings.mesh
    if mesh.canary_version is None:
        return
    if mesh.canary_version == mesh.version:
        yield Problem(
            key="mesh.canaryVersion",
            value=mesh.canary_version,
            reason="is the same as mesh.version: two Helm releases would own one revision.",
            remedy="Use the version to upgrade to, or remove canaryVersion.",
        )
    elif not _neighbours(mesh.version, mesh.canary_version):
        yield Problem(
            key="mesh.canaryVersion",
            value=mesh.canary_version,
            reason=f"is more than one minor away from mesh.version {mesh.version}: Istio upgrades one minor at a time.",
            remedy=f"Use a version of the minor before or after {versions.minor(mesh.version)}.",
        )


@rule("mesh")
def tag_is_no_revision(context: Context) -> Iterable[Problem]:
    """Check that the tag is not a revision: a namespace's label names one or the other."""
    mesh = context.settings.mesh
    revisions = [names.revision(version) for version in (mesh.version, mesh.canary_version) if version]
    if mesh.tag in revisions:
        yield Problem(
            key="mesh.tag",
            value=mesh.tag,
            reason="is the revision of an istiod: the webhook of the revision and that of the tag would both inject.",
            remedy="Use a name that does not change with the version, such as stable.",
        )


def _neighbours(one: str, other: str) -> bool:
    (major, minor, *_), (other_major, other_minor, *_) = versions.numbers(one), versions.numbers(other)
    return major == other_major and abs(minor - other_minor) <= 1


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
