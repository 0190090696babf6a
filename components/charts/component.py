"""Installs a planned release."""

import pulumi
import pulumi_kubernetes as kubernetes

from .plan import Release


def release(name: str, plan: Release, opts: pulumi.ResourceOptions) -> kubernetes.helm.v3.Release:
    """The Helm release of ``plan``; done when everything in it is ready.

    Nothing is rolled back or removed after a failure: the pods stay for whoever looks for the cause, CRDs that an
    upgrade added stay with their objects, and the next ``up`` upgrades over the failed release.
    """
    return kubernetes.helm.v3.Release(
        name,
        # An automatic name ends in random hex, and Istio's charts make labels and Service names of it.
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
        # Helm keeps each revision as a Secret of up to 1 MiB, without end unless told.
        max_history=5,
        opts=opts,
    )
