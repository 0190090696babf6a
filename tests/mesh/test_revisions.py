"""The tag is moved to a second istiod and back, while pods are created all the time."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from components.istio import revision_tag
from components.settings import names
from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError, ApiUnreachableError
from local.nlb.visitor import Visitor
from local.world.mesh import Mesh
from tests.support.mesh import injected, meshes
from tests.support.mesh.counts import Tell

NAMESPACE = "bookinfo"
# Seconds between two pods.
PAUSE = 0.1


@dataclass
class Created:
    """What became of pods, in order: a revision, "no proxy", or why there is none."""

    pods: list[str] = field(default_factory=list)

    def note(self, api: Api) -> None:
        try:
            self.pods.append(injected.revision(injected.tried(api, NAMESPACE)) or "no proxy")
        except (ApiRefusedError, ApiUnreachableError) as error:
            self.pods.append(f"{type(error).__name__}: {error}")

    def since(self, mark: int) -> Counter[str]:
        return Counter(self.pods[mark:])


@contextmanager
def creating(api: Api) -> Iterator[Created]:
    """Pods are created, one after the other, while the block runs."""
    created, over = Created(), threading.Event()

    def create() -> None:
        while not over.wait(PAUSE):
            created.note(api)

    thread = threading.Thread(target=create, daemon=True)
    thread.start()
    try:
        yield created
    finally:
        over.set()
        thread.join(30)


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Of Istio: the one that the stack has, and another patch of it."""

    own: str
    other: str

    @property
    def revisions(self) -> tuple[str, str]:
        return names.revision(self.own), names.revision(self.other)


@pytest.fixture
def versions(dev: Mesh) -> Versions:
    own = str(dev.world.session.outputs()["istioVersion"])
    minor, _, patch = own.rpartition(".")
    # An older one: CRDs and istio-cni stay the newer one's, so that their upgrade takes no time here.
    return Versions(own=own, other=f"{minor}.{0 if int(patch) else 1}")


def test_pods_are_injected_all_the_while_by_one_of_the_two(
    dev: Mesh, visitor: Visitor, versions: Versions, tell: Tell
) -> None:
    api = dev.control_plane.api
    own, other = versions.revisions
    with creating(api) as created:
        with meshes.changed(dev, {"mesh": {"canaryVersion": versions.other}}):
            # A second istiod alone takes nothing over.
            assert istiods(api) == {own, other}
            assert only(created) == {own}
            mark = len(created.pods)
            with meshes.changed(dev, {"mesh": {"version": versions.other, "canaryVersion": versions.own}}):
                assert tag(api) == (other, {f"istiod-{other}"})
                assert set(created.since(mark)) == {own, other}
                assert only(created) == {other}
                # The way in moves with the same `up`; other workloads keep their proxies until they are restarted.
                meshes.eventually(lambda: _run(api, "gateway-public", other))
                assert revisions(api, NAMESPACE) == {own}
                assert meshes.visit(dev, visitor, "http://bookinfo.test/productpage").status == 200
            assert tag(api) == (own, {f"istiod-{own}"})
            assert only(created) == {own}
            meshes.eventually(lambda: _run(api, "gateway-public", own))
        assert istiods(api) == {own}
    tell(f"{len(created.pods)} pods: {dict(created.since(0))}")
    assert set(created.pods) == {own, other}
    assert len(created.pods) > 100


def test_a_tag_that_names_an_istiod_which_is_not_there_refuses_pods(dev: Mesh) -> None:
    """Negative control, and why the tag is moved last: the loop above would have seen it."""
    api, tagged = dev.control_plane.api, "stable"
    webhook = revision_tag.webhook(tagged, "nowhere")
    before = api.get(webhook["apiVersion"], webhook["kind"], webhook["metadata"]["name"])
    assert before
    (manager,) = [each["manager"] for each in before["metadata"]["managedFields"] if each["operation"] == "Apply"]
    created = Created()
    api.apply(webhook, field_manager=manager)
    try:
        meshes.eventually(lambda: _refused(api, created))
    finally:
        api.apply(
            revision_tag.webhook(tagged, before["metadata"]["labels"][names.REVISION_LABEL]), field_manager=manager
        )
    meshes.eventually(lambda: _created(api, created))


def _refused(api: Api, created: Created) -> None:
    created.note(api)
    assert 'service "istiod-nowhere" not found' in created.pods[-1]


def _created(api: Api, created: Created) -> None:
    created.note(api)
    assert created.pods[-1] in istiods(api)


def _run(api: Api, namespace: str, revision: str) -> None:
    assert revisions(api, namespace) == {revision}


def only(created: Created, pods: int = 5) -> set[str]:
    """What the next pods are."""
    mark = len(created.pods)
    # One may have been on its way.
    meshes.eventually(lambda: _enough(created, mark + 1 + pods))
    return set(created.pods[mark + 1 :])


def _enough(created: Created, count: int) -> None:
    assert len(created.pods) >= count


def istiods(api: Api) -> set[str]:
    """Revisions that run."""
    found = api.list("apps/v1", "Deployment", names.ISTIO_SYSTEM, labels="app=istiod")
    return {each["metadata"]["labels"][names.REVISION_LABEL] for each in found if each["status"].get("readyReplicas")}


def tag(api: Api) -> tuple[str, set[str]]:
    """Revision by the webhook's label, and the Services it asks."""
    found = api.get("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "istio-revision-tag-stable")
    assert found
    services = {each["clientConfig"]["service"]["name"] for each in found["webhooks"]}
    return found["metadata"]["labels"][names.REVISION_LABEL], services


def revisions(api: Api, namespace: str) -> set[str | None]:
    """Of the pods that run."""
    pods = [each for each in api.list("v1", "Pod", namespace) if "deletionTimestamp" not in each["metadata"]]
    return {injected.revision(each) for each in pods}
