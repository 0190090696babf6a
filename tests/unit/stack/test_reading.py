"""What a stack file may say, and what is said of one that is wrong: no engine, no file."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.charts.values import merge
from components.settings.loaded import Loaded
from components.stack import provider_config
from components.stack import reading as settings_reader
from components.stack.reading import SettingsError
from tests.support.days import TODAY
from tests.support.unit.rule_case import ADMIN, GOOD

PROVIDERS = {"aws:region": "us-west-2", "pulumi:disable-default-providers": '["kubernetes"]'}


def config(changes: dict[str, Any] | None = None, **raw: str) -> dict[str, str]:
    """Good config as the engine hands it out; ``raw`` replaces the text of project keys."""
    values = {f"istio-eks:{key}": json.dumps(value) for key, value in merge(GOOD, changes or {}).items()}
    return {**PROVIDERS, **values, **{f"istio-eks:{key}": text for key, text in raw.items()}}


def load(config: dict[str, str], **options: Any) -> Loaded:
    return settings_reader.load(config, stack="dev", today=TODAY, **options)


def refusal(config: dict[str, str], **options: Any) -> SettingsError:
    with pytest.raises(SettingsError) as refused:
        load(config, **options)
    return refused.value


def told(changes: dict[str, Any]) -> tuple[str, str]:
    """The one problem of the changed settings: its key, and its reason with its remedy."""
    (problem,) = refusal(config(changes)).problems
    return problem.key, f"{problem.reason} {problem.remedy}"


def root(**changes: Any) -> dict[str, Any]:
    return {"mesh": {"certificates": {"root": changes}}}


def apps(**changes: Any) -> dict[str, Any]:
    return {"cluster": {"nodes": {"apps": changes}}}


def public(**changes: Any) -> dict[str, Any]:
    return {"gateways": {"public": changes}}


ISSUED = "mesh.certificates.root.generations[0].issued"
SHAPES: list[tuple[dict[str, Any], str, str]] = [
    ({"network": {"nta": "single"}}, "network.nta", "is not a setting. Did you mean nat? Valid here: cidr, endpoints"),
    (public(client_ip="none"), "gateways.public.client_ip", "Did you mean clientIp?"),
    (public(tls={"mode": "tls"}), "gateways.public.tls.mode", "Write none, self-signed, secret or acm."),
    (public(crossZone="yes"), "gateways.public.crossZone", "neither true nor false. Write true or false, without"),
    (public(crossZone="off"), "gateways.public.crossZone", "neither true nor false"),
    (public(hosts="bookinfo/*"), "gateways.public.hosts", "is not a list. Write a list, even for one value"),
    (public(hosts=["*"]), "gateways.public.hosts[0]", "is not a host with its namespace. Write namespace/host"),
    (public(hosts=[]) | {"gateways": {"Public": {}}}, "gateways.Public", "is not a Kubernetes name. Write lower-case"),
    (public(idleTimeoutSeconds=59), "gateways.public.idleTimeoutSeconds", "is out of range: at least 60"),
    (public(idleTimeoutSeconds=6001), "gateways.public.idleTimeoutSeconds", "is out of range: at most 6000"),
    (public(values="x"), "gateways.public.values", "is not a mapping. Write keys with values."),
    (public(tls=None), "gateways.public.tls", "has no value. Remove the key"),
    ({"cluster": {"nodes": 3}}, "cluster.nodes", "is not a mapping. Write keys with values: system, apps."),
    ({"cluster": {"version": 1.3}}, "cluster.version", "did not read this as text. Put quotes around it."),
    ({"cluster": {"version": "1.36.1"}}, "cluster.version", "is not a Kubernetes version. Write it quoted"),
    ({"cluster": {"logRetentionDays": "30"}}, "cluster.logRetentionDays", "Remove the quotes: write 30."),
    ({"cluster": {"logRetentionDays": 31}}, "cluster.logRetentionDays", "Write 7, 14, 30"),
    ({"cluster": {"addons": {"dns": {}}}}, "cluster.addons.dns", "is not a name that is known here. Write vpc-cni"),
    (
        {"cluster": {"addons": {"coredns": {"version": 1.14}}}},
        "cluster.addons.coredns.version",
        "Put quotes around it.",
    ),
    (
        {"cluster": {"admins": ["arn:aws:iam::123456789012:root"]}},
        "cluster.admins[0]",
        "is not the ARN of an IAM role or user",
    ),
    (apps(min="3"), "cluster.nodes.apps.min", "is text; a number is expected. Remove the quotes: write 3."),
    (apps(min=1.5), "cluster.nodes.apps.min", "is not a whole number."),
    (apps(min=None), "cluster.nodes.apps.min", "has no value."),
    (apps(instanceTypes=[7]), "cluster.nodes.apps.instanceTypes[0]", "Put quotes around it."),
    ({"mesh": {"version": 1.31}}, "mesh.version", "Put quotes around it."),
    ({"tags": {"cost": 1234}}, "tags.cost", "YAML read it as a number or a boolean. Put quotes around it."),
    ({"tags": {"cost": "x" * 257}}, "tags.cost", "is too long: 257 characters, 256 at most."),
    ({"tags": {"example.org/team": 1}}, 'tags["example.org/team"]', "Put quotes around it."),
    (root(signing=None), "mesh.certificates.root.signing", "has no value."),
    (root(generations=[]), "mesh.certificates.root.generations", "is too short: 1 at least."),
    (root(generations=[{"number": 1}]), ISSUED, "is missing and has no default. Add issued"),
    (root(generations=[{"number": 1, "issued": "2026-11-22 00:00:00 +0000 UTC"}]), ISSUED, "Put quotes around it."),
    (root(generations=[{"number": 1, "issued": "2026-02-30"}]), ISSUED, "is not a date. Write year, month and day"),
    (root(generations=[{"number": 1, "issued": "9999-12-31"}]), ISSUED, "is after the year 2100"),
    (root(generations=[{"number": 1, "issued": "2101-01-01"}]), ISSUED, "Write the day on which it is made"),
    (public(replicas={"min": 1001, "max": 9}), "gateways.public.replicas.min", "is out of range: at most 1000"),
    (public(replicas={"min": 1, "max": 10**9}), "gateways.public.replicas.max", "is out of range: at most 1000"),
    (apps(max=451), "cluster.nodes.apps.max", "is out of range: at most 450"),
    (apps(min=451), "cluster.nodes.apps.min", "is out of range: at most 450"),
    (apps(diskGib=16385), "cluster.nodes.apps.diskGib", "is out of range: at most 16384"),
    *(
        ({"mesh": {"trustDomain": name}}, "mesh.trustDomain", "is not a trust domain. Write a DNS name")
        for name in ("a..b", ".a", "a.", "A.b", "a-.b", "a" * 64, ".".join(["a" * 50] * 6), "")
    ),
    (
        {"network": {"existing": {"vpcId": "vpc-1", "privateSubnetIds": ["subnet-1"]}}},
        "network.existing.privateSubnetIds",
        "is too short: 2 at least.",
    ),
]


@pytest.mark.parametrize(("changes", "key", "says"), SHAPES, ids=[key for _, key, _ in SHAPES])
def test_a_wrong_shape_is_told_where_it_stands(changes: dict[str, Any], key: str, says: str) -> None:
    where, what = told(changes)
    assert where == key
    assert says in what


def test_good_config_is_read() -> None:
    loaded = load(config())
    assert loaded.environment == "istio-eks-dev"
    assert loaded.region == "us-west-2"
    assert loaded.settings.network.zones == ("us-west-2a", "us-west-2b")
    assert loaded.placeholders == ()


def test_the_empty_default_of_the_project_means_not_set() -> None:
    assert load(config(namespaces="", bookinfo="", images="", tags="", protect="")).settings == load(config()).settings


def test_protect_is_one_word() -> None:
    assert load(config(protect="true")).settings.protect


@pytest.mark.parametrize("text", ["off", "yes", "True"])
def test_protect_takes_no_other_word(text: str) -> None:
    (problem,) = refusal(config(protect=text)).problems
    assert (problem.key, problem.value) == ("protect", text)
    assert problem.remedy == "Write true or false, without quotes."


def test_an_unknown_top_level_key_is_told_with_the_nearest() -> None:
    (problem,) = refusal(config(gateway="{}")).problems
    assert problem.key == "gateway"
    assert problem.remedy.startswith("Did you mean gateways? Valid here: bookinfo, cluster")


def test_text_that_is_no_json_is_told() -> None:
    (problem,) = refusal(config(network="10.0.0.0/16")).problems
    assert problem.key == "network"
    assert "not JSON" in problem.reason
    assert "pulumi config set --path istio-eks:network." in problem.remedy


def test_a_secret_is_refused_and_not_shown() -> None:
    secret = config(tags='{"team": "hunter2"}', tag="hunter2")
    refused = refusal(secret, secret_keys=frozenset({"istio-eks:tags", "istio-eks:tag", "aws:token"}))
    assert [problem.key for problem in refused.problems] == ["tags", "tag"]
    assert "none of them is secret" in refused.problems[0].reason
    assert "hunter2" not in str(refused)


@pytest.mark.parametrize("name", ["a", "cluster.local", "mesh-1.example.org", "a" * 63, ".".join(["a" * 63] * 3)])
def test_a_trust_domain_is_a_dns_name(name: str) -> None:
    assert load(config({"mesh": {"trustDomain": name}})).settings.mesh.trust_domain == name


def test_a_number_that_nobody_can_read_is_told() -> None:
    (problem,) = refusal(config(tags="1" * 5000)).problems
    assert problem.key == "tags"


@pytest.mark.parametrize("depth", [65, 300, 3000])
@pytest.mark.parametrize(("opens", "closes"), [('{"a":', "}"), ("[", "]")])
def test_a_value_that_is_nested_too_deep_is_told(depth: int, opens: str, closes: str) -> None:
    deep = f"{opens * depth}1{closes * depth}"
    (problem,) = refusal(config(tags=deep)).problems
    assert problem.key == "tags"
    assert problem.value is None
    assert "nested more than 64 deep" in problem.reason


def test_values_may_be_nested() -> None:
    deep = '{"public": {"hosts": ["bookinfo/*"], "values": ' + '{"a":' * 60 + "1" + "}" * 62
    assert load(config(gateways=deep)).settings.gateways["public"].values


def test_text_that_no_encoding_has_is_told() -> None:
    (problem,) = refusal(config(tags='{"a": "\\ud800"}')).problems
    assert problem.key == "config"
    assert problem.reason.startswith("is refused")


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ('["111122223333", "123456789012"]', ("111122223333", "123456789012")),
        ("[111122223333]", ("111122223333",)),
        ("111122223333", ("111122223333",)),
        ("012345678901", ("012345678901",)),
        ("", ()),
        ("[]", ()),
    ],
)
def test_accounts_are_listed_or_one(written: str, ids: tuple[str, ...]) -> None:
    assert provider_config.account_ids({"aws:allowedAccountIds": written}) == ids
    assert provider_config.account_ids({}) == ()


@pytest.mark.parametrize("written", ['["111122223333"]', "111122223333"])
def test_an_account_that_is_nobodys_is_a_placeholder(written: str) -> None:
    (problem,) = load({**config(), "aws:allowedAccountIds": written}).placeholders
    assert problem.value == "111122223333"


def test_no_region_is_told() -> None:
    (problem,) = refusal({**config(), "aws:region": ""}).problems
    assert problem.key == "aws:region"


@pytest.mark.parametrize("listed", ["", "[]", '["aws"]', '["*"]'])
def test_the_default_kubernetes_provider_alone_is_disabled(listed: str) -> None:
    (problem,) = refusal({**config(), "pulumi:disable-default-providers": listed}).problems
    assert problem.key == "pulumi:disable-default-providers"
    assert problem.remedy == "Write [kubernetes]."


def test_default_tags_of_the_provider_reach_the_rules() -> None:
    both = {**config({"tags": {"team": "a"}}), "aws:defaultTags": '{"tags": {"team": "a"}}'}
    (problem,) = refusal(both).problems
    assert problem.key == "tags.team"
    assert "aws:defaultTags" in problem.reason


def test_all_problems_of_the_first_pass_are_in_one_message() -> None:
    wrong = config(
        {"network": {"nat": "both", "zones": ["us-west-2a"]}, "cluster": {"version": 1.36}},
        gatewayz="{}",
        bookinfo="no",
    )
    message = str(refusal({**wrong, "aws:region": ""}))
    assert message.startswith("Pulumi.dev.yaml has 5 problems; nothing was created.")
    for key in ("aws:region", "gatewayz", "bookinfo", "network.nat", "cluster.version"):
        assert f"\n  {key}" in message
    # The second pass has its turn when the shape is right.
    assert "network.zones" not in message


def test_all_problems_of_the_second_pass_are_in_one_message() -> None:
    wrong = config({"network": {"zones": ["us-west-2a"]}, "cluster": {"admins": [ADMIN], "viewers": [ADMIN]}})
    message = str(refusal(wrong, source="other.yaml"))
    assert message.startswith("other.yaml has 2 problems; nothing was created.")
    assert "\n  network.zones" in message
    assert "\n  cluster.viewers[0]" in message


def test_a_bad_item_does_not_also_make_its_list_too_short() -> None:
    bad = [{"number": "1", "issued": "2026-11-01"}, {"number": 2, "issued": 2026}]
    told = [problem.key for problem in refusal(config(root(generations=bad))).problems]
    assert told == [
        "mesh.certificates.root.generations[0].number",
        "mesh.certificates.root.generations[1].issued",
    ]


def test_a_missing_mesh_is_told_once() -> None:
    without = {key: text for key, text in config().items() if key != "istio-eks:mesh"}
    (problem,) = refusal(without).problems
    assert (problem.key, problem.reason) == ("mesh", "is missing and has no default.")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any) -> list[list[str]]:
    """Paths of every mapping key."""
    if not isinstance(value, dict):
        return []
    return [[key, *rest] for key, inner in value.items() for rest in ([], *places(inner))]


COMPLETE: dict[str, Any] = merge(
    GOOD,
    {
        "network": {"cidr": "10.0.0.0/16", "flowLogs": {"traffic": "all"}, "endpoints": ["sts"], "existing": None},
        "cluster": {"endpoint": {"public": False}, "nodes": {"apps": {"instanceTypes": ["m6i.large"]}}, "addons": {}},
        "gateways": {"public": {"tls": {"mode": "none"}, "values": {}, "allowedCidrs": []}},
        "mesh": {"values": {"istiod": {"env": {}}}, "canaryVersion": "1.31.0", "tag": "stable"},
        "namespaces": [],
        "images": {"istio": "docker.io/istio"},
        "tags": {"team": "a"},
        "protect": False,
    },
)


@settings(max_examples=50)
@given(place=st.sampled_from(places(COMPLETE)), value=json_values)
def test_whatever_stands_anywhere_is_read_or_told(place: list[str], value: Any) -> None:
    for key in reversed(place):
        value = {key: value}
    # Anything but a refusal with its message would be a traceback in front of a person.
    with contextlib.suppress(SettingsError):
        load(config(merge(COMPLETE, value)))
