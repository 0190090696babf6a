"""A rotation of each kind of authority."""

import datetime

import pytest

from tests.support.unit import rotations
from tests.support.unit.false_cluster import EARLIER
from tests.support.unit.live_rotation import Rotation, rotation


@pytest.fixture(scope="session")
def root_rotation(this_moment: datetime.datetime, tmp_path_factory: pytest.TempPathFactory) -> Rotation:
    return rotation(rotations.root_rotation((this_moment - EARLIER).date()), this_moment, tmp_path_factory)


@pytest.fixture(scope="session")
def intermediate_rotation(this_moment: datetime.datetime, tmp_path_factory: pytest.TempPathFactory) -> Rotation:
    return rotation(rotations.intermediate_rotation((this_moment - EARLIER).date()), this_moment, tmp_path_factory)
