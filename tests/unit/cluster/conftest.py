"""Cluster, nodes, add-ons and load balancer controller as the engine is told about them.

Traps of pulumi-eks and EKS that only a real run shows; tests name them by number:

1. An AWS provider given outright makes pulumi-eks throw unless providerCredentialOpts come with it.
2. A node group without a list of subnets takes all of the cluster's, public ones too.
3. pulumi-eks makes CoreDNS before there is a node; it is DEGRADED for twenty minutes, then failed.
4. An add-on without a pinned version takes the most recent one, at any ``up``.
5. The VPC CNI of pulumi-eks wants a role of an OIDC provider that is made later.
6. EKS makes the cluster's creator an administrator, and answers a second entry with 409.
7. pulumi-eks waits for a public endpoint only when told outright that it is public.
8. The OIDC provider of pulumi-eks asks the issuer for its certificate.
9. Nodes in a security group of pulumi-eks are not in the one that EKS makes.
10. pulumi-eks throws when a private endpoint comes with a list of public ranges.
11. ``protect`` on a component spreads to all its children, whose order of deletion then breaks.
12. A cluster given to a node group as input is no dependency of it.
"""

import pytest

from tests.support.unit.cluster_stack import stack
from tests.support.unit.recorded import Stack


@pytest.fixture(scope="session")
def preview() -> Stack:
    return stack()


@pytest.fixture(scope="session")
def up() -> Stack:
    return stack(up=True)
