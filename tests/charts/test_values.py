"""Every value that the program gives a chart has an effect.

What a chart copies as it stands (tolerations, strategies, budgets) shows in the manifests misspelt as well: whether
Kubernetes has such a field is for its API server to say.
"""

import json
import re

import pytest

from local.tools import tools
from tests.support.charts import leaves
from tests.support.charts.deployed import Deployed, in_parallel
from tests.support.charts.known_values import DEFAULTS, INJECTED
from tests.support.charts.releases import Helm, Release, Rendered

CHARTS = pytest.mark.parametrize("chart", tools.CHARTS)


def idle(helm: Helm, release: Release) -> dict[str, leaves.Path]:
    """Leaves without which the manifests are the same."""
    found = list(leaves.paths(release.values))
    without_effect = in_parallel(lambda path: changes_nothing(helm, release, path), found)
    return {leaves.text(path): path for path, nothing in zip(found, without_effect, strict=True) if nothing}


def changes_nothing(helm: Helm, release: Release, path: leaves.Path) -> bool:
    return helm.effect(release) == helm.effect(release.given(leaves.without(release.values, path)))


@CHARTS
def test_every_value_changes_the_manifests_or_is_known_not_to(helm: Helm, cluster: Deployed, chart: str) -> None:
    for rendered in cluster.charts(chart):
        known = {*DEFAULTS[chart], *(INJECTED if chart == "istiod" else ())}
        dead = sorted(idle(helm, rendered.release).keys() - known)
        assert not dead, f"{rendered.release.name}: no effect: {dead}"


@CHARTS
def test_a_value_that_equals_the_default_is_understood(helm: Helm, cluster: Deployed, chart: str) -> None:
    for rendered in cluster.charts(chart):
        release, same = rendered.release, idle(helm, rendered.release)
        for path in same.keys() & DEFAULTS[chart].keys():
            other = release.given(leaves.replaced(release.values, same[path], DEFAULTS[chart][path]))
            assert helm.effect(other) != helm.effect(release), f"{release.name}: {path} is read by nothing"


@CHARTS
def test_what_is_known_to_change_nothing_still_does_so_somewhere(
    helm: Helm, every: dict[str, Deployed], chart: str
) -> None:
    known = {*DEFAULTS[chart], *(INJECTED if chart == "istiod" else ())}
    found = {path for each in every.values() for one in each.charts(chart) for path in idle(helm, one.release)}
    assert known == found


def test_the_injector_is_given_the_value_and_its_templates_read_it(cluster: Deployed) -> None:
    for istiod in cluster.istiods:
        data = injector(istiod)
        given, templates = json.loads(data["values"]), data["config"]
        for path in leaves.paths(istiod.release.values):
            if known := INJECTED.get(leaves.text(path)):
                assert leaves.at(given, known.path) == leaves.at(istiod.release.values, path)
                assert re.search(rf"\.Values\.{re.escape(known.read)}\b", templates), f"no template reads {known.read}"


def injector(istiod: Rendered) -> dict[str, str]:
    name = f"istio-sidecar-injector-{istiod.release.values['revision']}"
    data: dict[str, str] = istiod.one("ConfigMap", name)["data"]
    return data


# That dead values would be noticed


@pytest.mark.parametrize(
    ("chart", "path"),
    [
        ("base", ("defaultRevison",)),
        ("cni", ("global", "logAsJSON")),
        ("istiod", ("rollingMaxSurg",)),
        ("istiod", ("global", "proxy", "excludeIpRanges")),
        ("istiod", ("taint", "namspace")),
        ("gateway", ("autoscaling", "maxReplica")),
    ],
)
def test_a_misspelt_value_is_noticed(helm: Helm, every: dict[str, Deployed], chart: str, path: tuple[str, ...]) -> None:
    release = every["prod"].chart(chart).release
    values = release.values
    leaves.at(values, path[:-1])[path[-1]] = "1"
    assert changes_nothing(helm, release.given(values), path)


def test_the_gateways_chart_refuses_what_it_does_not_know(helm: Helm, every: dict[str, Deployed]) -> None:
    release = every["prod"].gateway.release
    with pytest.raises(AssertionError, match="additional properties 'terminationGracePeriod' not allowed"):
        helm.render(release.given({**release.values, "terminationGracePeriod": 1}))


def test_a_value_that_is_merely_repeated_counts_as_dead(helm: Helm, every: dict[str, Deployed]) -> None:
    release = every["prod"].chart("istiod").release
    misspelt = release.given({**release.values, "rollingMaxSurg": 1})
    assert helm.render(misspelt).text != helm.render(release).text
    assert helm.effect(misspelt) == helm.effect(release)
