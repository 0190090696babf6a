"""Helm release as a Pulumi resource."""

import pulumi
import pulumi_kubernetes as kubernetes

from .plan import Release


def release(name: str, plan: Release, opts: pulumi.ResourceOptions) -> kubernetes.helm.v3.Release:
    """Install the release of ``plan``, and wait until everything in it is ready.

    After a failure nothing is rolled back or removed: the pods stay for debugging, CRDs that an upgrade added stay with
    their objects, and the next ``up`` upgrades the failed release.
    """
    return kubernetes.helm.v3.Release(
        name,
        # An automatic name would end in random characters, and Istio's charts derive labels and Service names from it.
        name=plan.name,
        chart=plan.chart,
        version=plan.version,
        repository_opts=kubernetes.helm.v3.RepositoryOptsArgs(repo=plan.repository),
        namespace=plan.namespace,
        create_namespace=False,
        values=plan.values,
        timeout=plan.timeout_seconds,
        skip_await=False,
        atomic=False,
        cleanup_on_fail=False,
        # Helm keeps each revision as a Secret of up to 1 MiB, by default without a limit on their number.
        max_history=5,
        opts=opts,
    )
