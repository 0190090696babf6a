"""Who may enter, and what viewers may read; traps by the numbers of ``conftest.py``."""

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components import settings
from components.cluster import access
from components.cluster.access import AccessPlan
from components.cluster.component_access import AccessEntries, AccessEntriesArgs
from components.cluster.component_viewers import Viewers
from tests.support.unit.cluster_stack import ADMIN, VIEWER, eks, stack
from tests.support.unit.harness import component, site
from tests.support.unit.namespace_settings import ANA, BEN, namespace
from tests.support.unit.recorded import Node, Stack

ROLE = "arn:aws:iam::111122223333:role"


def cluster(admins: tuple[str, ...] = (), viewers: tuple[str, ...] = ()) -> settings.Cluster:
    return settings.Cluster(admins=admins, viewers=viewers)


def test_viewers_read_no_secrets() -> None:
    (entry,) = access.entries(cluster(viewers=(f"{ROLE}/viewer",)))
    assert entry.policy_arn == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    core = [rule for rule in access.viewer_rules() if rule.group == ""]
    assert all("secrets" not in rule.resources and "*" not in rule.resources for rule in core)
    assert all(rule.group != "*" for rule in access.viewer_rules())


def test_viewers_only_read() -> None:
    assert {verb for rule in access.viewer_rules() for verb in rule.verbs} == {"get", "list", "watch"}


def test_viewers_read_the_objects_of_istio() -> None:
    (entry,) = access.entries(cluster(viewers=(f"{ROLE}/viewer",)))
    assert entry.groups == (access.VIEWERS_GROUP,)
    assert set(access.ISTIO_GROUPS) <= {rule.group for rule in access.viewer_rules()}


def test_our_groups_are_none_that_eks_reserves() -> None:
    reserved = ("system:", "eks:", "aws:", "amazon:", "iam:")
    assert not access.VIEWERS_GROUP.startswith(reserved)


def test_admins_administer_the_cluster_in_their_partition() -> None:
    (entry,) = access.entries(cluster(admins=("arn:aws-us-gov:iam::111122223333:role/admin",)))
    assert entry.policy_arn == "arn:aws-us-gov:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    assert entry.groups == ()


principals = st.lists(st.sampled_from([f"{ROLE}/{name}" for name in ("a", "b", "c", "ops/a", "ops-a")])).map(tuple)


@given(admins=principals, viewers=principals)
@hypothesis_settings(max_examples=50)
def test_each_principal_has_one_entry_and_an_administrator_is_no_less(
    admins: tuple[str, ...], viewers: tuple[str, ...]
) -> None:
    entries = access.entries(cluster(admins, viewers))
    assert sorted(entry.principal_arn for entry in entries) == sorted({*admins, *viewers})
    assert len({entry.key for entry in entries}) == len(entries)
    for entry in entries:
        assert (entry.policy == access.CLUSTER_ADMIN) == (entry.principal_arn in admins)


def test_the_order_of_a_list_renames_nothing() -> None:
    one, other = f"{ROLE}/a", f"{ROLE}/b"
    assert access.entries(cluster((one, other))) == access.entries(cluster((other, one)))


def entries(of: Stack) -> list[Node]:
    return of.of_type("aws:eks/accessEntry:AccessEntry")


def test_each_principal_has_an_entry_with_its_policy_for_the_whole_cluster(up: Stack) -> None:
    assert {node.inputs["principalArn"]: node.inputs["kubernetesGroups"] for node in entries(up)} == {
        ADMIN: [],
        VIEWER: ["istio-eks:viewers"],
    }
    policies = up.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert {node.inputs["principalArn"]: node.inputs["policyArn"].split("/")[-1] for node in policies} == {
        ADMIN: "AmazonEKSClusterAdminPolicy",
        VIEWER: "AmazonEKSViewPolicy",
    }
    assert all(node.inputs["accessScope"] == {"type": "cluster"} for node in policies)


def test_trap_6_the_deployer_gets_no_entry() -> None:
    """EKS made it administrator already; a second entry is answered with 409."""
    deployer = "arn:aws:iam::111122223333:role/deployer"
    assert deployer not in {node.inputs["principalArn"] for node in entries(stack({"deployer": deployer}))}


def test_a_policy_waits_for_its_entry_and_the_entry_for_the_cluster(up: Stack) -> None:
    for policy in up.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation"):
        entry = up.one("aws:eks/accessEntry:AccessEntry", policy.name)
        assert policy.reaches(entry)
        assert entry.reaches(eks(up))


def test_an_entry_without_a_policy_has_its_groups_alone() -> None:
    plan = AccessPlan(principal_arn=VIEWER, groups=("istio-eks:shop:editors", "istio-eks:web:editors"))
    args = AccessEntriesArgs(cluster_name="c", plans=[plan], site=site())
    found = component(lambda: AccessEntries("access", args))
    assert found.one("aws:eks/accessEntry:AccessEntry", "access-111122223333/role/viewer").inputs == {
        "clusterName": "c",
        "principalArn": VIEWER,
        "kubernetesGroups": ["istio-eks:shop:editors", "istio-eks:web:editors"],
        "type": "STANDARD",
        "tags": site().named("access"),
    }
    assert found.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation") == []


def test_viewers_are_bound_to_what_they_may_read() -> None:
    found = component(lambda: Viewers("viewers"))
    binding = found.one("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "viewers")
    role = found.one("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "viewers")
    assert binding.inputs["roleRef"]["name"] == role.inputs["metadata"]["name"]
    assert [subject["name"] for subject in binding.inputs["subjects"]] == ["istio-eks:viewers"]


def test_an_editor_has_one_entry_with_the_groups_of_all_its_namespaces() -> None:
    shop, web = namespace(name="shop", editors=(ANA, BEN)), namespace(name="web", editors=(ANA,))
    assert access.entries(settings.Cluster(), [shop, web]) == (
        AccessPlan(principal_arn=BEN, groups=("istio-eks:shop:editors",)),
        AccessPlan(principal_arn=ANA, groups=("istio-eks:shop:editors", "istio-eks:web:editors")),
    )
