import pytest

from components.stack.rules import RULES, problems
from tests.support.unit.rule_case import ADMIN, ONE, Case, check, context


def mesh(**keys: object) -> dict[str, object]:
    return {"mesh": keys}


def certificates(**kinds: object) -> dict[str, object]:
    return mesh(certificates=kinds)


def generations(*issued: str, signing: int = 1) -> dict[str, object]:
    numbered = [{"number": number, "issued": day} for number, day in enumerate(issued, start=1)]
    return {"generations": numbered, "signing": signing}


def namespaces(*listed: object) -> dict[str, object]:
    return {"namespaces": list(listed)}


CASES = [
    Case(
        rule="istio.istio_version",
        changes=mesh(version="1.30.9"),
        key="mesh.version",
        says="is older than 1.31.0",
        write='"1.31.1"',
    ),
    Case(
        rule="istio.istio_version",
        changes=mesh(canaryVersion="1.30.5"),
        key="mesh.canaryVersion",
        says="gateways would lose their idle timeout",
        write='"1.31.1"',
    ),
    Case(
        rule="istio.canary",
        changes=mesh(canaryVersion="1.31.1"),
        key="mesh.canaryVersion",
        says="two releases would own one revision",
        write="remove canaryVersion",
    ),
    Case(
        rule="istio.canary",
        changes=mesh(canaryVersion="1.33.0"),
        key="mesh.canaryVersion",
        says="more than one minor away",
        write="before or after 1.31",
    ),
    Case(
        rule="istio.tag_is_no_revision",
        changes=mesh(tag="1-31-1"),
        key="mesh.tag",
        says="would both inject",
        write="outlives versions",
    ),
    Case(
        rule="trust.duplicate_numbers",
        changes=certificates(root={"generations": [*ONE["generations"], *ONE["generations"]], "signing": 1}),  # type: ignore[misc]
        key="mesh.certificates.root.generations[1].number",
        says="listed twice",
    ),
    Case(
        rule="trust.signing_not_listed",
        changes=certificates(intermediate=generations("2026-11-01", signing=2)),
        key="mesh.certificates.intermediate.signing",
        says="not a listed generation",
    ),
    Case(
        rule="trust.issued_in_future",
        changes=certificates(root=generations("2026-11-23")),
        key="mesh.certificates.root.generations[0].issued",
        says="after today",
    ),
    Case(
        rule="trust.issued_out_of_order",
        changes=certificates(root=generations("2026-11-02", "2026-11-01")),
        key="mesh.certificates.root.generations[1].issued",
        says="before generation 1 was issued",
    ),
    Case(
        rule="trust.too_many_roots",
        changes=certificates(root=generations("2026-11-01", "2026-11-02", "2026-11-03")),
        key="mesh.certificates.root.generations",
        says="more than two roots",
    ),
    Case(
        rule="trust.intermediate_outlives_root",
        changes=certificates(root=generations("2016-12-31")),
        key="mesh.certificates.intermediate.generations[0].issued",
        says="no chain would verify",
    ),
    Case(
        rule="trust.restarted_in_future",
        changes=certificates(workloadsRestarted="2099-01-01T00:00:00Z"),
        key="mesh.certificates.workloadsRestarted",
        says="every workload has been restarted",
    ),
    Case(
        rule="namespaces.unique_names",
        changes=namespaces({"name": "shop"}, {"name": "shop"}),
        key="namespaces[1].name",
        says="namespaces[0] already",
    ),
    Case(
        rule="contract.fits",
        changes=namespaces(*({"name": f"team-{i}", "editors": [ADMIN]} for i in range(40))),
        key="contractParameter",
        says="with 40 namespaces and 1 gateways",
        write="Write false",
    ),
    Case(
        rule="namespaces.unreserved_names",
        changes=namespaces({"name": "istio-system"}),
        key="namespaces[0].name",
        says="taken by Kubernetes, Istio or this stack",
    ),
    Case(
        rule="namespaces.reachable_calls",
        changes=namespaces({"name": "shop", "calls": ["nowhere/api"]}),
        key="namespaces[0].calls[0]",
        says="",
    ),
    Case(
        rule="namespaces.single_entry",
        changes={**namespaces({"name": "shop", "editors": [ADMIN]}), "cluster": {"admins": [ADMIN]}},
        key="namespaces[0].editors[0]",
        says="cluster.admins",
    ),
    Case(
        rule="bookinfo.whole_weights",
        changes={"bookinfo": {"routing": "canary", "weights": {"v1": 90, "v2": 20}}},
        key="bookinfo.weights",
        says="add up to 120",
        write="100",
    ),
    Case(
        rule="bookinfo.whole_weights",
        changes={"bookinfo": {"enabled": False, "weights": {"v1": 50}}},
        key="bookinfo.weights",
        says="add up to 60",
    ),
    Case(
        rule="bookinfo.served",
        changes={"bookinfo": {"gateway": "private"}},
        key="bookinfo.gateway",
        says="no gateway of this stack",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("version", ["1.31.0", "1.31.12", "1.32.0"])
def test_from_1_31_on_a_gateway_has_its_connection_settings(version: str) -> None:
    assert list(RULES["istio.istio_version"].check(context(mesh(version=version)))) == []


def test_an_istio_that_is_too_old_is_told_once() -> None:
    told = problems(context(mesh(version="1.30.5")))
    assert [problem.key for problem in told] == ["mesh.version"]
