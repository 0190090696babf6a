"""Which of Istio's charts are installed, beside a canary and without."""

import pytest

from components.istio import charts
from components.settings import names
from tests.support.unit.mesh_settings import mesh
from tests.support.unit.releases import IMAGES


@pytest.mark.parametrize("versions_", [("1.31.1", "1.30.5"), ("1.30.5", "1.31.1"), ("1.9.9", "1.31.1")])
def test_swapping_version_and_canary_moves_only_what_the_tag_moves(versions_: tuple[str, str]) -> None:
    one, other = versions_
    before, after = mesh(version=one, canaryVersion=other), mesh(version=other, canaryVersion=one)
    by_name = [{each.name: each for each in charts.istiods(asked, IMAGES)} for asked in (before, after)]
    assert by_name[0] == by_name[1]
    assert charts.cni(before, IMAGES) == charts.cni(after, IMAGES)
    assert charts.base(before).version == charts.base(after).version
    assert charts.base(before).values == {"defaultRevision": names.revision(one)}
    assert charts.base(after).values == {"defaultRevision": names.revision(other)}


def test_what_both_versions_share_has_the_newer_one() -> None:
    asked = mesh(version="1.9.9", canaryVersion="1.31.1")
    assert (charts.base(asked).version, charts.cni(asked, IMAGES).version) == ("1.31.1", "1.31.1")


def test_without_a_canary_there_is_one_control_plane() -> None:
    assert [each.name for each in charts.istiods(mesh(version="1.31.1"), IMAGES)] == ["istiod-1-31-1"]
