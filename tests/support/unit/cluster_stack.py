"""A cluster on its own, as the engine is told about it."""

from typing import Any

import pulumi

from components import settings
from components.cluster.component import Cluster, ClusterArgs
from tests.support.unit.answers import Answered
from tests.support.unit.harness import component, site
from tests.support.unit.recorded import Node, Stack

EKS = "eks:index:Cluster"
GROUP = "eks:index:ManagedNodeGroup"
ADMIN = "arn:aws:iam::111122223333:role/admin"
VIEWER = "arn:aws:iam::111122223333:role/viewer"


def stack(changes: dict[str, Any] | None = None, *, protect: bool = False, up: bool = False) -> Stack:
    """``up``: providers answer."""
    made = settings.Cluster.model_validate({"admins": (ADMIN,), "viewers": (VIEWER,), **(changes or {})})

    def program() -> None:
        cluster = Cluster(
            "cluster",
            ClusterArgs(
                settings=made,
                vpc_id="vpc-1",
                private_subnet_ids=["subnet-a", "subnet-b"],
                public_subnet_ids=["subnet-c"],
                site=site(protect=protect),
            ),
        )
        pulumi.export("kubeconfig", cluster.kubeconfig)
        pulumi.export("securityGroupId", cluster.security_group_id)

    return component(program, answers=Answered() if up else None)


def eks(of: Stack) -> Node:
    return of.one(EKS, "cluster")
