"""The Mermaid diagram says who waits for whom, and the pages that hold it are brought up to date."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ops.preview import graph
from tests.support.unit.small_document import SMALL


def test_edges_are_lifted_to_the_outermost_components() -> None:
    assert graph.edges_of(SMALL) == {
        "network": set(),
        "cluster": {"network"},
        "istio-mesh": {"cluster", "network"},
    }


def test_what_follows_from_other_edges_is_left_out() -> None:
    assert graph.render(SMALL).splitlines() == [
        "flowchart BT",
        '    c_cluster["cluster"]',
        '    c_istio_mesh["istio-mesh"]',
        '    c_network["network"]',
        "    c_cluster --> c_network",
        "    c_istio_mesh --> c_cluster",
    ]


def test_the_order_of_resources_changes_nothing() -> None:
    backwards = {**SMALL, "resources": list(reversed(SMALL["resources"]))}
    assert graph.render(backwards) == graph.render(SMALL)


names = st.sampled_from("abcdefg")


@given(pairs=st.sets(st.tuples(names, names).filter(lambda pair: pair[0] < pair[1])))
@settings(max_examples=50)
def test_reduction_keeps_who_waits_for_whom(pairs: set[tuple[str, str]]) -> None:
    edges: graph.Edges = {name: {target for source, target in pairs if source == name} for name in "abcdefg"}
    fewer = graph.reduced(edges)
    for name in edges:
        assert graph._reachable(fewer, name) == graph._reachable(edges, name)
        for target in fewer[name]:
            without = {**fewer, name: fewer[name] - {target}}
            assert target not in graph._reachable(without, name)


def test_a_circle_keeps_its_edges() -> None:
    circle: graph.Edges = {"a": {"b", "c"}, "b": {"a", "c"}, "c": {"a", "b"}}
    assert graph.reduced(circle) == circle
