"""What an instance type has and costs, as AWS lists it."""

import pytest

from components.capacity import instance_types, prices
from tests.support.unit.capacity_settings import known


@pytest.mark.parametrize(
    ("name", "shape", "hour"),
    [
        ("t3.medium", (2, 4, 3, 6), 0.0416),
        ("t4g.large", (2, 8, 3, 12), 0.0672),
        ("m6i.large", (2, 8, 3, 10), 0.096),
        ("c7g.xlarge", (4, 8, 4, 15), 0.145),
        ("m8i.2xlarge", (8, 32, 4, 30), 0.42336),
        ("r7g.4xlarge", (16, 128, 8, 30), 0.8568),
        ("r8i.8xlarge", (32, 256, 10, 50), 2.22272),
    ],
)
def test_an_instance_type_is_as_aws_lists_it(name: str, shape: tuple[int, ...], hour: float) -> None:
    found = known(name)
    assert (found.vcpus, found.memory_gib, found.interfaces, found.addresses) == shape
    assert prices.instance_hour(name) == pytest.approx(hour)


@pytest.mark.parametrize("name", ["m9x.large", "m6i.metal", "t3.4xlarge", "m6i", ""])
def test_other_types_are_not_known_and_not_priced(name: str) -> None:
    assert instance_types.find(name) is None
    assert prices.instance_hour(name) is None
    assert instance_types.smallest(["m6i.large", name]) is None


def test_a_group_of_several_types_has_what_the_smallest_has() -> None:
    mixed = instance_types.smallest(["c7i.large", "m8i.large"])
    assert mixed is not None
    assert (mixed.memory_gib, mixed.addresses) == (4, 10)
