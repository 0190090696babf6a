"""A value of the wrong shape is told where it stands, with what to write."""

from typing import Any

import pytest

from tests.support.unit.raw_config import config, load, refusal


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
    ({"network": {"nta": "single"}}, "network.nta", "is not a setting. Did you mean nat? Valid keys: cidr, endpoints"),
    (public(client_ip="none"), "gateways.public.client_ip", "Did you mean clientIp?"),
    (public(tls={"mode": "tls"}), "gateways.public.tls.mode", "Use none, self-signed, secret or acm."),
    (public(crossZone="yes"), "gateways.public.crossZone", "neither true nor false. Write true or false, without"),
    (public(crossZone="off"), "gateways.public.crossZone", "neither true nor false"),
    (public(hosts="bookinfo/*"), "gateways.public.hosts", "is not a list. Write a list, even for one value"),
    (public(hosts=["*"]), "gateways.public.hosts[0]", "is not a host with its namespace. Write namespace/host"),
    (
        public(hosts=[]) | {"gateways": {"Public": {}}},
        "gateways.Public",
        "is not a Kubernetes name. Use at most 63 lower-case",
    ),
    (public(idleTimeoutSeconds=59), "gateways.public.idleTimeoutSeconds", "is out of range: it must be at least 60"),
    (public(idleTimeoutSeconds=6001), "gateways.public.idleTimeoutSeconds", "is out of range: it must be at most 6000"),
    (public(values="x"), "gateways.public.values", "is not a mapping. Write keys with values."),
    (public(tls=None), "gateways.public.tls", "has no value. Remove the key"),
    ({"cluster": {"nodes": 3}}, "cluster.nodes", "is not a mapping. Write keys with values: system, apps."),
    ({"cluster": {"version": 1.3}}, "cluster.version", "YAML read it as another type. Put quotes around it."),
    ({"cluster": {"version": "1.36.1"}}, "cluster.version", "is not a Kubernetes version. Write it in quotes"),
    ({"cluster": {"logRetentionDays": "30"}}, "cluster.logRetentionDays", "Remove the quotes: write 30."),
    ({"cluster": {"logRetentionDays": 31}}, "cluster.logRetentionDays", "Use 7, 14, 30"),
    ({"cluster": {"addons": {"dns": {}}}}, "cluster.addons.dns", "is not a valid name. Use vpc-cni"),
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
    (apps(min="3"), "cluster.nodes.apps.min", "is text, but must be a number. Remove the quotes: write 3."),
    (apps(min=1.5), "cluster.nodes.apps.min", "is not a whole number."),
    (apps(min=None), "cluster.nodes.apps.min", "has no value."),
    (apps(instanceTypes=[7]), "cluster.nodes.apps.instanceTypes[0]", "Put quotes around it."),
    ({"mesh": {"version": 1.31}}, "mesh.version", "Put quotes around it."),
    ({"tags": {"cost": 1234}}, "tags.cost", "YAML read it as a number or a boolean. Put quotes around it."),
    ({"tags": {"cost": "x" * 257}}, "tags.cost", "is too long: it has 257 characters, and at most 256 are allowed."),
    ({"tags": {"example.org/team": 1}}, 'tags["example.org/team"]', "Put quotes around it."),
    (root(signing=None), "mesh.certificates.root.signing", "has no value."),
    (root(generations=[]), "mesh.certificates.root.generations", "is too short: it must have at least 1 item."),
    (root(generations=[{"number": 1}]), ISSUED, "is missing and has no default. Add issued"),
    (root(generations=[{"number": 1, "issued": "2026-11-22 00:00:00 +0000 UTC"}]), ISSUED, "Put quotes around it."),
    (root(generations=[{"number": 1, "issued": "2026-02-30"}]), ISSUED, "is not a date. Write year, month and day"),
    (root(generations=[{"number": 1, "issued": "9999-12-31"}]), ISSUED, "is after the year 2100"),
    (
        root(generations=[{"number": 1, "issued": "2101-01-01"}]),
        ISSUED,
        "Write the day on which the certificate is issued",
    ),
    (
        public(replicas={"min": 1001, "max": 9}),
        "gateways.public.replicas.min",
        "is out of range: it must be at most 1000",
    ),
    (
        public(replicas={"min": 1, "max": 10**9}),
        "gateways.public.replicas.max",
        "is out of range: it must be at most 1000",
    ),
    (apps(max=451), "cluster.nodes.apps.max", "is out of range: it must be at most 450"),
    (apps(min=451), "cluster.nodes.apps.min", "is out of range: it must be at most 450"),
    (apps(diskGib=16385), "cluster.nodes.apps.diskGib", "is out of range: it must be at most 16384"),
    *(
        ({"mesh": {"trustDomain": name}}, "mesh.trustDomain", "is not a trust domain. Write a DNS name")
        for name in ("a..b", ".a", "a.", "A.b", "a-.b", "a" * 64, ".".join(["a" * 50] * 6), "")
    ),
    (
        {"network": {"existing": {"vpcId": "vpc-1", "privateSubnetIds": ["subnet-1"]}}},
        "network.existing.privateSubnetIds",
        "is too short: it must have at least 2 items.",
    ),
]


@pytest.mark.parametrize(("changes", "key", "says"), SHAPES, ids=[key for _, key, _ in SHAPES])
def test_a_wrong_shape_is_told_where_it_stands(changes: dict[str, Any], key: str, says: str) -> None:
    where, what = told(changes)
    assert where == key
    assert says in what


@pytest.mark.parametrize("name", ["a", "cluster.local", "mesh-1.example.org", "a" * 63, ".".join(["a" * 63] * 3)])
def test_a_trust_domain_is_a_dns_name(name: str) -> None:
    assert load(config({"mesh": {"trustDomain": name}})).settings.mesh.trust_domain == name


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
