"""What istiod is installed with, per size; whether the chart understands it is asked of the chart itself."""

import pytest

from components import settings
from components.istio import charts
from components.settings import names
from tests.support.unit.mesh_settings import mesh
from tests.support.unit.releases import ALL, IMAGES, istiod


def test_istiod_carries_its_revision_everywhere() -> None:
    release = istiod(version="1.31.1")
    assert (release.name, release.values["revision"]) == ("istiod-1-31-1", "1-31-1")
    for constraint in release.values["topologySpreadConstraints"]:
        assert constraint["labelSelector"]["matchLabels"] == {"app": "istiod", "istio.io/rev": "1-31-1"}


@ALL
def test_the_environment_of_istiod_is_a_map_of_text(size: settings.Size) -> None:
    assert all(isinstance(value, str) for value in istiod(size=size).values["env"].values())


@ALL
def test_roots_can_be_exchanged_from_day_one(size: settings.Size) -> None:
    values = istiod(size=size).values
    assert values["env"]["ISTIO_MULTIROOT_MESH"] == "true"
    assert values["meshConfig"]["defaultConfig"]["proxyMetadata"]["PROXY_CONFIG_XDS_AGENT"] == "true"


@ALL
def test_no_workload_certificate_outlives_the_wait_of_a_rotation(size: settings.Size) -> None:
    assert istiod(size=size).values["env"]["MAX_WORKLOAD_CERT_TTL"] == "24h"


@ALL
def test_a_gateway_object_reaches_pods_of_its_own_namespace_only(size: settings.Size) -> None:
    assert istiod(size=size).values["env"]["PILOT_SCOPE_GATEWAY_TO_NAMESPACE"] == "true"


@ALL
def test_changes_are_gathered_for_a_moment_and_never_for_long(size: settings.Size) -> None:
    values = istiod(size=size).values["env"]
    assert (values["PILOT_DEBOUNCE_AFTER"], values["PILOT_DEBOUNCE_MAX"]) == ("50ms", "1000ms")


@ALL
def test_istiod_never_has_a_cpu_limit(size: settings.Size) -> None:
    assert istiod(size=size).values["resources"]["limits"].keys() == {"memory"}


def test_small_has_one_istiod_that_does_not_scale() -> None:
    values = istiod(size="small").values
    assert (values["autoscaleEnabled"], values["replicaCount"]) == (False, 1)
    assert "pdb" not in values


@pytest.mark.parametrize("size", ["medium", "large", "xlarge"])
def test_larger_sizes_scale_within_a_budget_below_their_replicas(size: settings.Size) -> None:
    values = istiod(size=size).values
    assert 0 < values["pdb"]["minAvailable"] < values["autoscaleMin"] < values["autoscaleMax"]
    assert "replicaCount" not in values


def test_xlarge_scales_down_late() -> None:
    behavior = istiod(size="xlarge").values["autoscaleBehavior"]
    assert behavior == {"scaleDown": {"stabilizationWindowSeconds": 900}}


def test_pods_of_the_mesh_wait_for_istio_cni_in_its_own_namespace() -> None:
    values = istiod().values
    assert values["cni"] == {"enabled": True}
    assert values["taint"] == {"enabled": True, "namespace": charts.cni(mesh(), IMAGES).namespace}


def test_pod_identity_credentials_never_pass_through_the_proxy() -> None:
    assert istiod().values["global"]["proxy"]["excludeIPRanges"] == "169.254.170.23/32"


@pytest.mark.parametrize(("outbound", "mode"), [("allow-any", "ALLOW_ANY"), ("registry-only", "REGISTRY_ONLY")])
def test_outbound_is_the_mode_of_the_mesh(outbound: str, mode: str) -> None:
    assert istiod(outbound=outbound).values["meshConfig"]["outboundTrafficPolicy"] == {"mode": mode}


def test_mesh_config_says_what_the_settings_and_names_say() -> None:
    config = istiod(trustDomain="mesh.example.org").values["meshConfig"]
    assert config["trustDomain"] == "mesh.example.org"
    assert config["discoverySelectors"] == [{"matchLabels": names.DISCOVERY_LABELS}]
    assert config["defaultConfig"]["proxyMetadata"]["ISTIO_META_DNS_CAPTURE"] == "true"
    assert config["accessLogEncoding"] == "JSON"
    assert "accessLogFile" not in config
