"""Values of every Helm release, per size; whether a chart understands them is asked of the charts themselves."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from components import settings
from components.charts.plan import Release
from components.charts.values import merge
from components.cluster import controller_chart, nodes
from components.gateways import chart as gateway_chart
from components.gateways import plan as gateways
from components.istio import charts
from components.settings import names, versions
from tests.support.unit.mesh_settings import mesh

SIZES: tuple[settings.Size, ...] = get_args(settings.Size)
ALL = pytest.mark.parametrize("size", SIZES)
IMAGES = settings.Images(istio="hub.example.org/istio")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)
MAPS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


def istiod(**written: Any) -> Release:
    asked = mesh(**written)
    return charts.istiod(asked, IMAGES, asked.version)


def gateway(size: settings.Size = "medium", values: dict[str, Any] | None = None, **written: Any) -> Release:
    asked = settings.Gateway.model_validate_json(json.dumps({"hosts": ["shop/*"], "values": values or {}, **written}))
    return gateway_chart.release(gateways.plan("public", asked, mesh(size=size)))


def controller(values: dict[str, Any] | None = None) -> Release:
    asked = settings.LoadBalancerController(values=values or {})
    return controller_chart.load_balancer_controller("istio-eks-dev", "us-west-2", "vpc-1", asked)


def every(size: settings.Size) -> list[Release]:
    asked = mesh(size=size, canaryVersion="1.30.5")
    return [
        charts.base(asked),
        charts.cni(asked, IMAGES),
        *charts.istiods(asked, IMAGES),
        gateway(size),
        controller(),
    ]


def leaves(values: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for key, value in values.items():
        yield from leaves(value, f"{path}{key}.") if isinstance(value, Mapping) else [path + key]


# Merging


@effort(max_examples=50)
@given(ours=MAPS, theirs=MAPS)
def test_theirs_always_win(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    merged = merge(ours, theirs)
    assert merge(merged, theirs) == merged
    for key, value in theirs.items():
        if not (isinstance(value, dict) and isinstance(ours.get(key), dict)):
            assert merged[key] == value


@effort(max_examples=50)
@given(ours=MAPS, theirs=MAPS)
def test_what_they_do_not_name_stays(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    merged = merge(ours, theirs)
    assert {key: merged[key] for key in ours.keys() - theirs.keys()} == {
        key: ours[key] for key in ours.keys() - theirs.keys()
    }


def test_maps_merge_key_by_key_and_lists_are_replaced() -> None:
    ours = {"resources": {"limits": {"memory": "1Gi"}}, "tolerations": [1, 2]}
    theirs = {"resources": {"limits": {"cpu": "1"}}, "tolerations": [3]}
    assert merge(ours, theirs) == {"resources": {"limits": {"memory": "1Gi", "cpu": "1"}}, "tolerations": [3]}


def test_none_stays_for_helm_to_drop_the_default_of_the_chart() -> None:
    assert merge({"resources": {"limits": {"cpu": "1"}}}, {"resources": {"limits": {"cpu": None}}}) == {
        "resources": {"limits": {"cpu": None}}
    }


def test_merging_changes_neither_side() -> None:
    ours, theirs = {"a": {"b": 1}}, {"a": {"b": 2}}
    merge(ours, theirs)["a"]["b"] = 3
    assert (ours, theirs) == ({"a": {"b": 1}}, {"a": {"b": 2}})


# Every release


@ALL
def test_every_release_is_named_pinned_and_waited_for(size: settings.Size) -> None:
    for release in every(size):
        assert release.name
        assert release.version.count(".") == 2
        assert release.timeout_seconds >= 600


@ALL
def test_no_two_releases_share_a_name(size: settings.Size) -> None:
    found = [release.name for release in every(size)]
    assert len(found) == len(set(found))


@ALL
def test_pods_of_the_system_tolerate_and_select_its_nodes(size: settings.Size) -> None:
    for release in [istiod(size=size), gateway(size), controller()]:
        assert release.values["tolerations"] == nodes.SYSTEM_TOLERATIONS
        assert release.values["nodeSelector"] == nodes.SYSTEM_SELECTOR


@ALL
def test_images_come_from_the_hub_of_the_settings_at_the_version_of_the_chart(size: settings.Size) -> None:
    for release in [charts.cni(mesh(size=size), IMAGES), istiod(size=size)]:
        assert release.values["global"]["hub"] == "hub.example.org/istio"
        assert release.values["global"]["tag"] == release.version


@pytest.mark.parametrize("chart", ["base", "cni", "istiod"])
def test_values_of_the_settings_come_last_in_istios_charts(chart: str) -> None:
    asked = mesh(values={chart: {"defaultRevision": "x", "resources": {"requests": {"cpu": "9"}}}})
    release = {
        "base": charts.base(asked),
        "cni": charts.cni(asked, IMAGES),
        "istiod": charts.istiod(asked, IMAGES, asked.version),
    }[chart]
    assert release.values["defaultRevision"] == "x"
    assert release.values["resources"]["requests"]["cpu"] == "9"


def test_values_of_the_settings_come_last_in_gateway_and_controller() -> None:
    assert gateway(values={"minReadySeconds": 5}).values["minReadySeconds"] == 5
    assert controller({"replicaCount": 3}).values["replicaCount"] == 3


# istiod


def test_istiod_carries_its_revision_everywhere() -> None:
    release = istiod(version="1.31.1")
    assert (release.name, release.values["revision"]) == ("istiod-1-31-1", "1-31-1")
    for constraint in release.values["topologySpreadConstraints"]:
        assert constraint["labelSelector"]["matchLabels"] == {"app": "istiod", "istio.io/rev": "1-31-1"}


@ALL
def test_no_chart_makes_the_tag(size: settings.Size) -> None:
    assert not any("revisionTags" in leaf for release in every(size) for leaf in leaves(release.values))


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


@ALL
def test_seccomp_is_on_wherever_a_chart_lets_it_be_set(size: settings.Size) -> None:
    assert istiod(size=size).values["seccompProfile"] == {"type": "RuntimeDefault"}
    assert istiod(size=size).values["global"]["proxy"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert charts.cni(mesh(size=size), IMAGES).values["seccompProfile"] == {"type": "RuntimeDefault"}
    assert gateway(size).values["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}


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


# Two versions


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


# Gateways


def test_a_gateway_is_one_name_everywhere() -> None:
    release = gateway()
    assert (release.name, release.namespace, release.chart) == ("gateway-public", "gateway-public", "gateway")
    assert (release.version, release.values["revision"]) == (versions.ISTIO, names.revision(versions.ISTIO))


def test_a_gateway_has_no_load_balancer_of_its_own_and_no_public_status_port() -> None:
    service = gateway(tls={"mode": "self-signed"}).values["service"]
    assert service["type"] == "ClusterIP"
    assert [port["port"] for port in service["ports"]] == [80, 443]


@ALL
def test_a_gateway_pod_serves_drains_and_is_gone_in_this_order(size: settings.Size) -> None:
    values = gateway(size).values
    pre_stop = values["lifecycle"]["preStop"]["sleep"]["seconds"]
    proxy = json.loads(values["podAnnotations"]["proxy.istio.io/config"])
    drain = int(proxy["terminationDrainDuration"].removesuffix("s"))
    assert pre_stop >= 130
    assert values["terminationGracePeriodSeconds"] >= pre_stop + drain + 10


@ALL
def test_an_upgrade_of_a_gateway_never_has_fewer_pods_than_before(size: settings.Size) -> None:
    assert gateway(size).values["strategy"]["rollingUpdate"] == {"maxSurge": "25%", "maxUnavailable": 0}


@pytest.mark.parametrize(("most", "seconds"), [(1, 540), (2, 780), (4, 1260), (5, 1020), (100, 1260)])
def test_patience_with_a_gateway_grows_with_the_waves_of_its_upgrade(most: int, seconds: int) -> None:
    assert gateway(replicas={"min": 1, "max": most}).timeout_seconds == seconds


@pytest.mark.parametrize(("least", "budget"), [(1, None), (2, 1), (3, 2), (9, 6)])
def test_the_budget_of_a_gateway_follows_its_replicas(least: int, budget: int | None) -> None:
    values = gateway(replicas={"min": least, "max": 20}).values
    assert values["autoscaling"]["minReplicas"] == least
    assert values["podDisruptionBudget"].get("minAvailable") == budget


def test_ports_below_1024_stay_allowed_in_the_replaced_security_context() -> None:
    sysctls = gateway().values["securityContext"]["sysctls"]
    assert sysctls == [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]


def test_a_gateway_behind_proxy_protocol_answers_health_checks_that_speak_it() -> None:
    assert gateway(clientIp="proxy-protocol").values["env"] == {"ENVOY_STATUS_PORT_ENABLE_PROXY_PROTOCOL": "true"}
