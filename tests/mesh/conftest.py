"""Everything here but the tests of the machine itself runs inside of one, and every worker in a network of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

from local.authority import short_lived
from local.authority.rotating import Rotating
from local.control_plane.control_plane import ControlPlane
from local.machine import machine
from local.nlb.visitor import Visitor
from local.world import running
from local.world.mesh import Mesh
from tests.support import real_time
from tests.support.mesh import counts, meshes, planes, pods, rights, traffic
from tests.support.mesh import laggards as late

STACKS = ("dev", "prod")
# Each is brought up once, by the one worker that its tests are for.
WORLDS = (*STACKS, "rotating")

# Before this worker starts anything that would stay in the network of the others.
if machine.inside() and "PYTEST_XDIST_WORKER" in os.environ:
    machine.fresh_network()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one world stay together on a worker, and other files.

    `--dist loadgroup` goes by what follows the @ of an id. xdist 3.8 writes the marker's group where pytest 9.2 no
    longer keeps the id, and so groups nothing by itself.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        for item in items:
            item._id = type(item.id).parse(f"{item.nodeid}@{_group(item)}")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """A world ends before the next begins on the same worker: all have the same addresses."""
    if nextitem is not None and _group(item) != _group(nextitem):
        item.session._setupstate.teardown_exact(None)


def _group(item: pytest.Item) -> str:
    used = [world for world in WORLDS if world in _worlds(item)]
    return used[0] if used else item.path.name


def _worlds(item: pytest.Item) -> set[str]:
    """Fixtures by name, and what ``stack`` is this time."""
    chosen = item.callspec.params.get("stack") if hasattr(item, "callspec") else None
    return {*getattr(item, "fixturenames", ()), chosen}


@pytest.fixture(scope="session", autouse=True)
def _real_time() -> Iterator[None]:
    """istiod, Envoy and the API server go by the machine's clock; so does everything that is made for them.

    Only inside a machine of namespaces, where no other tests run.
    """
    with real_time.allowed() if machine.inside() else nullcontext():
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say what is lacking before any fixture tries without it."""
    rights.needed(item.path.name)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Of a run that was cut short nobody knows what would have failed: for `--last-failed` everything."""
    reporter: Any = session.config.pluginmanager.getplugin("terminalreporter")
    if "PYTEST_XDIST_WORKER" in os.environ or not (session.config.cache and reporter):
        return
    if not counts.whole(reporter.stats, session.testscollected):
        session.config.cache.set("cache/lastfailed", {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests counted (``tell``)."""
    for line in counts.told(counts.reports(terminalreporter.stats)):
        terminalreporter.write_line(line)


@contextmanager
def _logs_kept(session: pytest.Session, made: Mesh) -> Iterator[None]:
    """A world whose tests failed leaves its logs; one that did not come up, too (``running.up``)."""
    before = session.testsfailed
    yield
    if session.testsfailed > before:
        running.keep_logs(made.world.session.stack, made.folder)


@pytest.fixture(scope="session")
def dev(request: pytest.FixtureRequest) -> Iterator[Mesh]:
    """The stack dev, up; whoever changes it puts it back."""
    with meshes.up("dev") as made, _logs_kept(request.session, made):
        yield made


@pytest.fixture(scope="session")
def prod(request: pytest.FixtureRequest) -> Iterator[Mesh]:
    """The stack prod, up; whoever changes it puts it back."""
    with meshes.up("prod") as made, _logs_kept(request.session, made):
        yield made


@pytest.fixture(scope="session")
def rotating(request: pytest.FixtureRequest) -> Iterator[Rotating]:
    """A mesh whose certificate authority may be changed, and stays so."""
    meshes.needed()
    with short_lived.up() as made, _logs_kept(request.session, made):
        traffic.begin(made)
        yield Rotating(mesh=made)


@pytest.fixture(scope="session")
def laggards(rotating: Rotating) -> Iterator[late.Laggards]:
    """Two sidecars there that can be late."""
    with late.laggards(rotating.mesh) as made:
        yield made


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> Mesh:
    """Each of both."""
    made: Mesh = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def tell(record_property: counts.Record) -> counts.Tell:
    """Says in the summary what was counted."""
    return counts.telling(record_property)


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    """Somebody outside."""
    with Visitor() as made:
        yield made


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane without nodes, of this file alone."""
    with planes.plane(tmp_path_factory.mktemp("plane")) as running:
        yield running


@pytest.fixture(scope="module")
def host() -> Iterator[None]:
    """The machine with the address that pods know it by."""
    with pods.node():
        yield


@pytest.fixture
def make() -> Iterator[pods.Pods]:
    """Makes pods without an API server; they go with the test."""
    with pods.pods() as made:
        yield made
