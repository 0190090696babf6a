"""Variants that the benchmark compares, which of them, and in which order."""

import pytest
import typer

from benchmarks import mesh_scale
from benchmarks.scale import stack
from benchmarks.scale.variants import SIZES, Variant, variants


@pytest.fixture
def every() -> dict[str, Variant]:
    return variants(stack.committed().settings.mesh)


def test_every_variant_says_what_it_is(every: dict[str, Variant]) -> None:
    assert {"defaults", "guides", *SIZES} <= every.keys()
    assert all(each.description and each.name == name for name, each in every.items())
    assert not every["defaults"].values
    assert not every["defaults"].policies


def test_ours_are_what_the_program_installs(every: dict[str, Variant]) -> None:
    for size in SIZES:
        values = every[size].values
        assert values["meshConfig"]["discoverySelectors"]
        assert "cpu" not in values["resources"]["limits"]
        assert every[size].scoped
    assert every["large"].values["resources"] != every["xlarge"].values["resources"]


def test_single_levers_scope_nothing_but_one(every: dict[str, Variant]) -> None:
    assert [name for name, each in every.items() if each.scoped] == [*SIZES, "sidecar-scope"]


def test_a_first_look_is_at_the_defaults_and_the_size(every: dict[str, Variant]) -> None:
    for services, size in ((20, "small"), (200, "medium"), (1000, "large"), (3000, "xlarge"), (9000, "xlarge")):
        assert [each.name for each in mesh_scale.choice(every, [], services)] == ["defaults", size]


def test_variants_are_chosen_by_name_or_all(every: dict[str, Variant]) -> None:
    assert [each.name for each in mesh_scale.choice(every, ["large", "guides", "large"], 20)] == ["large", "guides"]
    assert mesh_scale.choice(every, ["large", "all"], 20) == list(every.values())
    with pytest.raises(typer.BadParameter, match="no such variant: huge, x; there are defaults, guides"):
        mesh_scale.choice(every, ["x", "large", "huge"], 20)


def test_every_second_round_goes_backwards(every: dict[str, Variant]) -> None:
    chosen = [every["defaults"], every["large"], every["guides"]]
    rounds = [(repeat, each.name) for repeat, each in mesh_scale.order(chosen, 2)]
    first, second = ([name for number, name in rounds if number == repeat] for repeat in range(2))
    assert (first, second) == (["defaults", "large", "guides"], ["guides", "large", "defaults"])
