"""Pods of a real control plane, run by the played kubelet."""

import base64
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError
from local.control_plane.control_plane import ControlPlane
from local.control_plane.network import SERVICE_ADDRESS
from local.machine import machine
from local.node.kubelet import Kubelet
from local.node.node_objects import NodePlan
from local.node.nodes import register
from tests.support.mesh import planes
from tests.support.mesh.planes import soon

Manifest = dict[str, Any]
NODE = NodePlan(name="node-1", labels={}, taints=(), instance_type="m6i.large", zone="x-1a", region="x-1")
NUMBERS = itertools.count()
SLEEP = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"]


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with planes.plane(tmp_path_factory.mktemp("plane")) as running:
        register(running.api, NODE)
        yield running


@pytest.fixture(scope="module")
def kubelet(plane: ControlPlane) -> Iterator[Kubelet]:
    folder = machine.scratch() / "kubelet"
    with Kubelet(plane, folder) as running:
        yield running
    assert _mounts(folder) == []


@pytest.fixture
def shop(plane: ControlPlane, kubelet: Kubelet) -> Iterator["Shop"]:
    """A namespace for one test."""
    name = planes.namespace(plane.api, f"shop-{next(NUMBERS)}")
    yield Shop(plane.api, kubelet, name)
    for each in plane.api.list("v1", "Pod", name):
        plane.api.delete("v1", "Pod", each["metadata"]["name"], name, grace=1)


class Shop:
    """Pods of one namespace."""

    def __init__(self, api: Api, kubelet: Kubelet, namespace: str) -> None:
        self.api, self.kubelet, self.namespace = api, kubelet, namespace

    def create(self, name: str = "web", *, command: list[str] | None = None, **spec: Any) -> str:
        """A pod of one container, unless ``spec`` says otherwise; container fields go to it."""
        container = {"name": "main", "image": "client"} | ({"command": command} if command else {})
        container |= {key: spec.pop(key) for key in _OF_A_CONTAINER & spec.keys()}
        metadata = {"name": name, "namespace": self.namespace, "labels": {"app": name}}
        self.api.create(
            {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container], **spec}}
        )
        return name

    def store(self, kind: str, name: str, **data: str) -> None:
        texts = {key.replace("_", "."): text for key, text in data.items()}
        if kind == "Secret":
            texts = {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
        metadata = {"name": name, "namespace": self.namespace}
        made = {"apiVersion": "v1", "kind": kind, "metadata": metadata, "data": texts}
        self.api.apply(made, field_manager="test")

    def status(self, name: str = "web") -> Manifest:
        found = self.api.get("v1", "Pod", name, self.namespace)
        return found["status"] if found else {}

    def ready(self, name: str = "web") -> Manifest:
        """Its status once it is ready."""
        assert soon(lambda: condition(self.status(name), "Ready") == "True"), self.status(name)
        return self.status(name)

    def run(self, *argv: str, pod: str = "web", container: str = "main") -> str:
        done = self.kubelet.exec(self.namespace, pod, container, argv)
        assert not done.returncode, done.stderr
        return done.stdout

    def container(self, name: str = "web") -> Manifest:
        """The status of its only container, as long as there is none that of one just made."""
        found: list[Manifest] = self.status(name).get("containerStatuses") or [{"state": {}, "restartCount": 0}]
        return found[0]

    def message(self) -> str:
        """What keeps its container from running."""
        return str(self.container()["state"].get("waiting", {}).get("message", ""))

    def gone(self, name: str = "web") -> bool:
        return self.api.get("v1", "Pod", name, self.namespace) is None


_OF_A_CONTAINER = {"env", "image", "volumeMounts", "lifecycle", "readinessProbe", "livenessProbe", "securityContext"}


def condition(status: Manifest, name: str) -> str | None:
    return next((each["status"] for each in status.get("conditions") or [] if each["type"] == name), None)


def mounted(name: str, path: str, **volume: Any) -> dict[str, Any]:
    """Of a pod that shows a volume at a path."""
    return {"volumes": [{"name": name, **volume}], "volumeMounts": [{"name": name, "mountPath": path}]}


def test_a_deployment_becomes_available_and_answers_at_its_service(plane: ControlPlane, shop: Shop) -> None:
    made = planes.deployment("web", shop.namespace, 2)
    serve = "import http.server as h; h.test(h.SimpleHTTPRequestHandler, h.ThreadingHTTPServer, port=8080)"
    made["spec"]["template"]["spec"]["containers"] = [
        {
            "name": "main",
            "image": "client",
            "command": ["python3", "-c", serve],
            "readinessProbe": {"httpGet": {"port": 8080}},
        }
    ]
    plane.api.create(made)
    ports = [{"port": 80, "targetPort": 8080}]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": shop.namespace}}
    plane.api.create({**service, "spec": {"selector": {"app": "web"}, "ports": ports}})
    plane.kubectl("-n", shop.namespace, "rollout", "status", "deployment/web", "--timeout=30s")
    shop.create("caller")
    shop.ready("caller")
    fetch = ["curl", "-sf", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code}", "http://web/"]
    # kube-proxy needs a moment.
    assert soon(lambda: shop.kubelet.exec(shop.namespace, "caller", "main", fetch).stdout == "200")
    assert shop.status("caller")["podIP"].startswith("10.244.")


def test_a_pod_knows_itself(shop: Shop) -> None:
    env = [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
    env += [{"name": "CPUS", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}]
    shop.create(env=env)
    status = shop.ready()
    said = dict(line.split("=", 1) for line in shop.run("env").splitlines())
    assert (said["IP"], said["CPUS"], said["KUBERNETES_SERVICE_HOST"]) == (status["podIP"], "2", SERVICE_ADDRESS)
    assert shop.run("hostname").strip() == "web"


def test_its_token_is_that_of_its_account_and_bound_to_the_pod(plane: ControlPlane, shop: Shop) -> None:
    shop.create()
    shop.ready()
    token = shop.run("cat", "/var/run/secrets/kubernetes.io/serviceaccount/token")
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    answer = plane.api.request("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {}, asked)
    user = answer["status"]["user"]
    assert user["username"] == f"system:serviceaccount:{shop.namespace}:default"
    assert user["extra"]["authentication.kubernetes.io/pod-name"] == ["web"]


def test_an_optional_secret_appears_and_changes_in_a_running_pod(shop: Shop) -> None:
    shop.create(**mounted("cacerts", "/etc/cacerts", secret={"secretName": "cacerts", "optional": True}))
    shop.ready()
    assert shop.run("ls", "/etc/cacerts") == ""
    for text in ("first", "second"):
        shop.store("Secret", "cacerts", ca_pem=text)
        assert soon(lambda text=text: read(shop, "/etc/cacerts/ca.pem") == text)  # type: ignore[misc]
    shop.api.delete("v1", "Secret", "cacerts", shop.namespace)
    assert soon(lambda: shop.run("ls", "/etc/cacerts") == "")


def test_a_pod_waits_for_a_config_map_and_says_so(shop: Shop) -> None:
    shop.create(**mounted("c", "/etc/c", configMap={"name": "settings"}))
    assert soon(lambda: '"settings" not found' in shop.message()), shop.status()
    assert condition(shop.status(), "PodReadyToStartContainers") == "False"
    shop.store("ConfigMap", "settings", a="1")
    shop.ready()
    assert read(shop, "/etc/c/a") == "1"


def read(shop: Shop, path: str) -> str:
    return shop.kubelet.exec(shop.namespace, "web", "main", ["cat", path]).stdout


def test_init_containers_come_first_and_sidecars_stay(shop: Shop) -> None:
    share: dict[str, Any] = {"volumeMounts": [{"name": "shared", "mountPath": "/shared"}]}
    image = {"image": "client", **share}
    first = {"name": "first", "command": ["sh", "-c", "sleep 0.5; echo first >> /shared/log"], **image}
    proxy = {
        "name": "proxy",
        "restartPolicy": "Always",
        "command": ["sh", "-c", "echo proxy >> /shared/log; sleep 0.5; touch /shared/up; exec sleep 600"],
        "startupProbe": {"exec": {"command": ["test", "-e", "/shared/up"]}, "periodSeconds": 1, "failureThreshold": 30},
        **image,
    }
    shop.create(
        command=["sh", "-c", "test -e /shared/up && echo main >> /shared/log; exec sleep 600"],
        initContainers=[first, proxy],
        volumes=[{"name": "shared", "emptyDir": {}}],
        **share,
    )
    status = shop.ready()
    assert read(shop, "/shared/log").split() == ["first", "proxy", "main"]
    assert [each["ready"] for each in status["initContainerStatuses"]] == [True, True]


def test_a_crashing_container_is_started_again(shop: Shop) -> None:
    shop.create(command=["sh", "-c", "echo crash; exit 3"])
    assert soon(lambda: shop.container()["restartCount"] >= 1)
    last = shop.container()["lastState"]["terminated"]
    assert last["exitCode"] == 3
    assert shop.kubelet.log(shop.namespace, "web", "main").startswith("crash\ncrash\n")


def test_readiness_follows_the_probe(shop: Shop) -> None:
    shop.create(command=SLEEP, readinessProbe={"exec": {"command": ["test", "-e", "/tmp/ok"]}, "periodSeconds": 1})
    assert soon(lambda: "running" in shop.container()["state"])
    assert condition(shop.status(), "Ready") == "False"
    shop.run("touch", "/tmp/ok")
    shop.ready()
    shop.run("rm", "/tmp/ok")
    assert soon(lambda: condition(shop.status(), "Ready") == "False")


def test_a_readiness_gate_is_for_others_to_open(shop: Shop) -> None:
    shop.create(readinessGates=[{"conditionType": "example.com/gate"}])
    assert soon(lambda: condition(shop.status(), "ContainersReady") == "True")
    assert condition(shop.status(), "Ready") == "False"
    opened = {"type": "example.com/gate", "status": "True"}
    metadata = {"name": "web", "namespace": shop.namespace}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": {"conditions": [opened]}}
    shop.api.patch_status(pod)
    shop.ready()
    assert condition(shop.status(), "example.com/gate") == "True"


@pytest.mark.parametrize("command", [SLEEP, ["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"]])
def test_a_deleted_pod_gets_its_grace_and_goes(shop: Shop, command: list[str]) -> None:
    shop.create(command=command, terminationGracePeriodSeconds=3)
    shop.ready()
    began = time.monotonic()
    shop.api.delete("v1", "Pod", "web", shop.namespace)
    assert soon(shop.gone)
    assert (time.monotonic() - began < 2) == (command is SLEEP)


def test_the_sleep_before_the_end_is_shortened_and_the_pod_serves_meanwhile(shop: Shop) -> None:
    shop.create(command=SLEEP, lifecycle={"preStop": {"sleep": {"seconds": 40}}}, terminationGracePeriodSeconds=60)
    shop.ready()
    shop.api.delete("v1", "Pod", "web", shop.namespace)
    time.sleep(1)
    assert shop.run("echo", "here") == "here\n"
    assert condition(shop.status(), "Ready") == "True"
    assert soon(shop.gone, within=6)


def test_a_pod_deleted_at_once_leaves_nothing(shop: Shop) -> None:
    shop.create(command=["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"])
    shop.ready()
    pid = shop.kubelet.process(shop.namespace, "web", "main")
    uid = (shop.api.get("v1", "Pod", "web", shop.namespace) or {})["metadata"]["uid"]
    shop.api.delete("v1", "Pod", "web", shop.namespace, grace=0)
    # Less than the grace that a deleted pod has at least.
    assert soon(lambda: not Path(f"/proc/{pid}").exists(), within=1.5)
    assert soon(lambda: not any((machine.scratch() / "kubelet").glob(f"*/{uid}/*")))
    assert soon(lambda: uid not in json.dumps(_mounts(machine.scratch() / "kubelet")))


def test_an_image_that_nothing_stands_for_is_said(shop: Shop) -> None:
    shop.create(image="example.com/unknown:1")
    assert soon(lambda: "example.com/unknown:1" in shop.message())
    shop.api.delete("v1", "Pod", "web", shop.namespace, wait=20)


def test_a_pod_that_must_not_be_root_is_not(shop: Shop) -> None:
    shop.create(securityContext={"runAsNonRoot": True, "runAsUser": 0})
    assert soon(lambda: "runAsNonRoot" in shop.message())


def test_pods_outlive_an_api_server_that_is_away(plane: ControlPlane, shop: Shop) -> None:
    shop.create(command=SLEEP)
    before = shop.ready()
    pid = shop.kubelet.process(shop.namespace, "web", "main")
    plane.restart("kube-apiserver")
    assert Path(f"/proc/{pid}").exists()
    assert shop.status()["containerStatuses"] == before["containerStatuses"]
    # And what comes after is heard.
    assert soon(lambda: _created(shop, "later"))
    shop.ready("later")


def _created(shop: Shop, name: str) -> bool:
    try:
        shop.create(name)
    except ApiRefusedError as error:
        # A starting API server lets nobody in; or it heard the one before.
        return error.conflict
    return True


def _mounts(below: Path) -> list[str]:
    return [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(below) in line]
