"""The table "When it does not work" of the guide for app teams: each flag is made, and read where the guide says."""

import json
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.control_plane.api_connection import Manifest
from local.processes import poll
from local.world import callers
from local.world.callers import Caller, Reply
from local.world.mesh import Mesh
from tests.support.mesh import asking, live, meshes
from tests.support.unit import guide

NAMESPACE, SERVER, ASKER, LOST = "shop", "troubled", "asker", "lost"
HOST, GONE = (f"{name}.{NAMESPACE}.svc.cluster.local" for name in (SERVER, LOST))
PORT, NOBODY = 9080, 9999
# An address that no pod has.
NOWHERE = "10.244.250.9"
# Answers what a path says, after so many seconds: /STATUS/SECONDS.
ANSWERS = f"""
import http.server, time
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, seconds = self.path.strip("/").split("/")
        time.sleep(float(seconds))
        self.send_response(int(status))
        self.send_header("content-length", "0")
        self.end_headers()
http.server.ThreadingHTTPServer(("", {PORT}), Answers).serve_forever()
"""
NETWORKING = "networking.istio.io/v1"
# By the header ``to``: where a request goes, and how.
POOL = {"tcp": {"maxConnections": 1}, "http": {"http1MaxPendingRequests": 1}}
SUBSETS = [
    {"name": "plain", "trafficPolicy": {"tls": {"mode": "DISABLE"}}},
    {"name": "narrow", "trafficPolicy": {"connectionPool": POOL}},
]
WAYS: dict[str, Manifest] = {
    "late": {"timeout": "1s"},
    "again": {"retries": {"attempts": 2, "retryOn": "5xx"}},
    "plain": {"retries": {"attempts": 0}},
    "narrow": {"retries": {"attempts": 0}},
    "nobody": {"retries": {"attempts": 0}},
}


# Of the guide: status that the caller sees, by flag. The others are made in test_app_team.
ROWS = {flag: int(status) for status, flag in re.findall(r"^\| (\d+)[^|]*\| `([A-Z]+)` \|", guide.TEXT, re.MULTILINE)}
OTHERS = {"NR", "NC", "UH"}


def test_every_flag_of_the_guide_is_made() -> None:
    assert ROWS.keys() == OTHERS | {"UT", "UO", "UC", "UF", "URX"}


def made(api_version: str, kind: str, name: str, **fields: Any) -> Manifest:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def route(to: str) -> Manifest:
    destination = {"host": HOST, "port": {"number": NOBODY if to == "nobody" else PORT}}
    subset = {"subset": to} if to in {each["name"] for each in SUBSETS} else {}
    match = [{"headers": {"to": {"exact": to}}}]
    return {"match": match, "route": [{"destination": destination | subset}], **WAYS[to]}


def objects() -> list[Manifest]:
    """A service that answers at one port and not at the other, open to all, ways to it, and one that is not there."""
    ports = [{"name": "http", "port": PORT}, {"name": "http-nobody", "port": NOBODY}]
    pod = callers.manifest(NAMESPACE, SERVER)
    pod["spec"]["containers"][0]["command"] = [sys.executable, "-c", ANSWERS]
    slice_ = made("discovery.k8s.io/v1", "EndpointSlice", LOST, addressType="IPv4")
    slice_["metadata"]["labels"] = {"kubernetes.io/service-name": LOST}
    slice_ |= {"ports": [{"name": "http", "port": PORT}], "endpoints": [{"addresses": [NOWHERE]}]}
    pool = {"connectionPool": {"tcp": {"connectTimeout": "1s"}}}
    return [
        made("v1", "Service", SERVER, spec={"selector": {"app": SERVER}, "ports": ports}),
        made("v1", "Service", LOST, spec={"ports": ports[:1]}),
        slice_,
        made(
            "security.istio.io/v1",
            "AuthorizationPolicy",
            SERVER,
            spec={"selector": {"matchLabels": {"app": SERVER}}, "action": "ALLOW", "rules": [{}]},
        ),
        made(NETWORKING, "DestinationRule", SERVER, spec={"host": HOST, "subsets": SUBSETS}),
        made(NETWORKING, "DestinationRule", LOST, spec={"host": GONE, "trafficPolicy": pool}),
        made(NETWORKING, "VirtualService", SERVER, spec={"hosts": [HOST], "http": [*map(route, WAYS)]}),
        pod,
    ]


@pytest.fixture(scope="module")
def asker(prod: Mesh) -> Iterator[Caller]:
    """Whose requests go wrong; at first one of each way goes well."""
    api = prod.control_plane.api
    with live.added(prod, *objects()), asking.caller(prod, NAMESPACE, ASKER) as caller:
        assert poll(lambda: callers.ready(api.get("v1", "Pod", SERVER, NAMESPACE) or {}), within=callers.READY)
        meshes.eventually(lambda: _well(caller))
        yield caller


def ask(caller: Caller, path: str, *, to: str = "late", service: str = SERVER) -> Reply:
    return caller.ask(f"http://{service}.{NAMESPACE}:{PORT}{path}", headers={"to": to})


def _well(caller: Caller) -> None:
    assert [ask(caller, "/200/0", to=to).status for to in ("late", "again", "narrow")] == [200] * 3


def flagged(mesh: Mesh, pod: str, flag: str) -> None:
    """The log of a pod's proxy has such a line with the guide's status, sooner or later."""

    def there() -> None:
        log = mesh.kubelet.log(NAMESPACE, pod, "istio-proxy")
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        found = {(each.get("response_code"), each.get("response_flags")) for each in lines}
        assert [flags for code, flags in found if code == ROWS[flag] and flag in str(flags).split(",")], found

    meshes.eventually(there)


def test_a_timeout_of_the_route_is_ut(prod: Mesh, asker: Caller) -> None:
    assert ask(asker, "/200/3").status == ROWS["UT"]
    flagged(prod, ASKER, "UT")


def test_a_limit_of_the_pool_is_uo(prod: Mesh, asker: Caller) -> None:
    with ThreadPoolExecutor(6) as at_once:
        replies = list(at_once.map(lambda _: ask(asker, "/200/2", to="narrow"), range(6)))
    assert {reply.status for reply in replies} == {200, ROWS["UO"]}
    flagged(prod, ASKER, "UO")


def test_plain_text_into_mutual_tls_is_uc(prod: Mesh, asker: Caller) -> None:
    reply = ask(asker, "/200/0", to="plain")
    assert reply.status == ROWS["UC"]
    assert reply.body.startswith("upstream connect error")
    flagged(prod, ASKER, "UC")


def test_a_port_at_which_nobody_listens_is_uf_at_the_service(prod: Mesh, asker: Caller) -> None:
    assert ask(asker, "/200/0", to="nobody").status == ROWS["UF"]
    flagged(prod, SERVER, "UF")


def test_an_address_that_nobody_has_is_uf(prod: Mesh, asker: Caller) -> None:
    assert ask(asker, "/200/0", service=LOST).status == ROWS["UF"]
    flagged(prod, ASKER, "UF")


def test_retries_that_all_fail_are_urx(prod: Mesh, asker: Caller) -> None:
    assert ask(asker, "/503/0", to="again").status == ROWS["URX"]
    flagged(prod, ASKER, "URX")
