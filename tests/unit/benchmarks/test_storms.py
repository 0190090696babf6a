"""The benchmark of large meshes: what it can be asked without a cluster."""

import itertools
import json
import os
import time
from collections.abc import Sequence
from typing import Any, cast

import pytest
import typer

from benchmarks import mesh_scale
from benchmarks.scale import layout as layouts
from benchmarks.scale import markers, processes, stack, storms
from benchmarks.scale.changes import Changes
from benchmarks.scale.crowd_process import Asked
from benchmarks.scale.rendered import Rendered
from benchmarks.scale.variants import SIZES, Variant, variants
from components.settings import names


@pytest.fixture
def every() -> dict[str, Variant]:
    return variants(stack.committed().settings.mesh)


# Markers


def test_markers_are_found_where_they_stand() -> None:
    made = markers.Markers()
    word, address = made.word(), made.address()
    assert list(markers.found(f"7{word}8 {word} 2{address}9".encode())) == [word.encode()] * 2 + [address.encode()]
    assert not list(markers.found(b"outbound|80||web 10.128.0.1"))


def test_markers_never_repeat() -> None:
    first, second = markers.Markers(), markers.Markers()
    assert first.word() != second.word()
    addresses = [first.address() for _ in range(20_000)]
    assert len({*addresses}) == len(addresses)
    assert {len(each) for each in addresses} == {15}
    assert all(64 <= int(each.split(".")[1]) < 128 for each in addresses)


# The layout


def test_four_of_five_namespaces_are_inside_the_mesh() -> None:
    layout = layouts.layout(1000, 100)
    assert (layout.namespaces, layout.meshed_namespaces, layout.visible) == (50, 40, 20)
    every = [each["metadata"] for each in layouts.all_namespaces(layout)]
    labelled = {each["name"] for each in every if names.DISCOVERY_KEY in each.get("labels", {})}
    assert labelled == {*layouts.inside(layout), names.ISTIO_SYSTEM, names.gateway_workload(layouts.GATEWAY)}


@pytest.mark.parametrize(("services", "proxies"), [(0, 1), (40, 1), (70, 1), (100, 0)])
def test_uneven_meshes_are_refused(services: int, proxies: int) -> None:
    with pytest.raises(layouts.Uneven):
        layouts.layout(services, proxies)


def test_no_two_endpoints_and_proxies_share_an_address() -> None:
    layout = layouts.layout(3000, 500)
    slices = [each for each in layouts.services(layout) if each["kind"] == "EndpointSlice"]
    addresses = [address for each in slices for one in each["endpoints"] for address in one["addresses"]]
    everybody = [*addresses, *(each.address for each in layouts.proxies(layout, {}))]
    assert len({*everybody}) == len(everybody) == 3000 * 2 + 500 + 1


def test_proxies_live_in_the_mesh_in_turn() -> None:
    layout = layouts.layout(200, 20)
    *sidecars, router = layouts.proxies(layout, {})
    counted = [sum(each.namespace == namespace for each in sidecars) for namespace in layouts.inside(layout)]
    assert set(counted) == {2, 3}
    assert router.labels["istio"] == router.namespace == "gateway-public"


def test_every_route_of_the_gateway_leads_to_another_service() -> None:
    gateway, *routed = layouts.gateway(layouts.layout(100, 1))
    hosts = gateway["spec"]["servers"][0]["hosts"]
    assert [f"{each['metadata']['namespace']}/{each['spec']['hosts'][0]}" for each in routed] == hosts
    targets = [each["spec"]["http"][0]["route"][0]["destination"]["host"] for each in routed]
    assert len({*targets}) == layouts.GATEWAY_ROUTES


# Variants


def test_every_variant_says_what_it_is(every: dict[str, Variant]) -> None:
    assert {"defaults", "seeds", *SIZES} <= every.keys()
    assert all(each.description and each.name == name for name, each in every.items())
    assert not every["defaults"].values
    assert not every["defaults"].policies


def test_ours_are_what_the_program_installs(every: dict[str, Variant]) -> None:
    for size in SIZES:
        values = every[size].values
        assert values["meshConfig"]["discoverySelectors"]
        assert "cpu" not in values["resources"]["limits"]
        assert every[size].scoped
    assert every["large"].values["resources"] != every["xlarge"].values["resources"]


def test_single_levers_scope_nothing_but_one(every: dict[str, Variant]) -> None:
    assert [name for name, each in every.items() if each.scoped] == [*SIZES, "sidecar-scope"]


def test_a_first_look_is_at_the_defaults_and_the_size(every: dict[str, Variant]) -> None:
    for services, size in ((20, "small"), (200, "medium"), (1000, "large"), (3000, "xlarge"), (9000, "xlarge")):
        assert [each.name for each in mesh_scale.choice(every, [], services)] == ["defaults", size]


def test_variants_are_chosen_by_name_or_all(every: dict[str, Variant]) -> None:
    assert [each.name for each in mesh_scale.choice(every, ["large", "seeds", "large"], 20)] == ["large", "seeds"]
    assert mesh_scale.choice(every, ["large", "all"], 20) == list(every.values())
    with pytest.raises(typer.BadParameter, match="no such variant: huge, x; there are defaults, seeds"):
        mesh_scale.choice(every, ["x", "large", "huge"], 20)


def test_every_second_round_goes_backwards(every: dict[str, Variant]) -> None:
    chosen = [every["defaults"], every["large"], every["seeds"]]
    rounds = [(repeat, each.name) for repeat, each in mesh_scale.order(chosen, 2)]
    first, second = ([name for number, name in rounds if number == repeat] for repeat in range(2))
    assert (first, second) == (["defaults", "large", "seeds"], ["seeds", "large", "defaults"])


# Storms


class FakeCrowd:
    """Sees each marker a tenth of a second after its write, at whom it affects; the second sidecar never."""

    def __init__(self, told: list[str] | None = None) -> None:
        self.told = [] if told is None else told

    def received(self, marker: str, by: Sequence[int], within: float) -> dict[int, float]:
        self.told.append("asked")
        return {number: time.monotonic() + 0.1 for number in by if number != 1}

    def window(self) -> tuple[int, int]:
        return 3, 1000

    def quiet(self, seconds: float, within: float) -> bool:
        return True


def stormed(affected: Sequence[int], **given: Any) -> tuple[storms.Storm, tuple[str, ...], int]:
    told: list[str] = []
    storm, notes = run_told(told, affected, **given)
    return storm, notes, told.count("written")


def run_told(told: list[str], affected: Sequence[int], **given: Any) -> tuple[storms.Storm, tuple[str, ...]]:
    change = storms.Change(marker="m", affected=affected, write=lambda: told.append("written"))
    plan = storms.Plan(kind="route", **given, change=lambda: change)
    return storms.run(plan, cast(Asked, FakeCrowd(told)), iter(range(100, 1000, 6)).__next__)


def test_a_closed_storm_counts_each_change_by_itself() -> None:
    storm, notes, written = stormed([0, 2], changes=3, seconds=60)
    assert (storm.closed, storm.changes, len(storm.last), written) == (True, 3, 3, 3)
    assert (storm.touched, storm.cpu) == (3, 2)
    # What comes after the last one is of the last one.
    assert storm.bytes == 4000 / 3
    assert storm.p50 == pytest.approx(0.1, abs=0.05)
    assert not notes


def test_a_storm_whose_time_is_over_has_two_changes() -> None:
    storm, _, written = stormed([0], changes=9, seconds=-1)
    assert (storm.changes, written) == (storms.LEAST, storms.LEAST)


def test_an_open_storm_waits_for_nobody() -> None:
    told: list[str] = []
    storm, _ = run_told(told, [0, 2], changes=3, seconds=60, rate=100)
    assert told == ["written"] * 3 + ["asked"] * 3
    # Three proxies got something, over three changes.
    assert (storm.closed, storm.changes, storm.touched) == (False, 3, 1)


class FakeWorld:
    """Keeps what is written; its crowd knows everything."""

    def __init__(self) -> None:
        self.layout = layouts.layout(100, 10)
        self.written: list[Any] = []
        self.api = self
        self.deleted: list[str] = []

    def write(self, manifest: Any) -> None:
        self.written.append(manifest)

    def delete(self, api_version: str, kind: str, name: str) -> None:
        self.deleted.append(name)

    def knowing(self, cluster: str) -> list[int]:
        return [0]


@pytest.fixture
def fake_world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture
def changes(fake_world: FakeWorld, every: dict[str, Variant]) -> Changes:
    known: Any = fake_world
    return Changes(world=known, variant=every["defaults"], crowd=known, markers=markers.Markers())


@pytest.mark.parametrize("kind", ["route", "endpoint", "outside"])
def test_no_change_overtakes_another_of_the_same_object(kind: str, changes: Changes, fake_world: FakeWorld) -> None:
    made = [getattr(changes, kind)() for _ in range(40)]
    for each in made:
        each.write()
    said: dict[str, str] = {}
    for manifest, change in zip(fake_world.written, made, strict=True):
        name = f"{manifest['metadata']['namespace']}/{manifest['metadata']['name']}"
        text = json.dumps(manifest)
        assert change.marker in text
        assert set(markers.found(said.get(name, "").encode())) < set(markers.found(text.encode()))
        said[name] = text
    assert len(said) < len(made)


def test_what_was_changed_is_as_it_was(changes: Changes, fake_world: FakeWorld) -> None:
    for plan in changes.plans():
        for _ in range(30):
            plan.change().write()
    changed = {_key(each) for each in fake_world.written if list(markers.found(json.dumps(each).encode()))}
    first = {_key(each): each for each in (*layouts.services(fake_world.layout), *layouts.routes(fake_world.layout))}
    fake_world.written.clear()
    changes.clean()
    assert fake_world.written == [first[_key(each)] for each in fake_world.written]
    made = {key for key in changed if key[1] in fake_world.deleted or key[2] in fake_world.deleted}
    assert {_key(each) for each in fake_world.written} == changed - made


def _key(manifest: Any) -> tuple[str, str, str]:
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


def test_changes_that_are_written_too_slowly_are_said() -> None:
    slow = storms.Change(marker="m", affected=[0], write=lambda: time.sleep(0.2))
    plan = storms.Plan(kind="route-churn", changes=2, seconds=1, rate=100, change=lambda: slow)
    _, notes = storms.run(plan, cast(Asked, FakeCrowd()), lambda: 0.0)
    assert len(notes) == 1
    assert notes[0].startswith("route-churn: nothing was written for 0.")


def test_a_receipt_that_never_comes_is_said() -> None:
    storm, notes, _ = stormed([0, 1, 2], changes=2, seconds=60)
    assert notes == ("route: 2 receipts missing after 60 s",)
    assert storm.last == (storms.ARRIVES, storms.ARRIVES)


def test_nobody_affected_has_no_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storms, "NOTHING", 0)
    storm, _, _ = stormed([], changes=2, seconds=60)
    assert (storm.last, storm.p50, storm.p99, storm.max) == ((), None, None, None)


# Figures


def test_proxies_say_what_the_mesh_tells_their_agents() -> None:
    mesh = "defaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: 'true', OTHER: 'x'}}"
    chart = Rendered(objects=({"kind": "ConfigMap", "data": {"mesh": mesh}}, {"kind": "Role"}), pod={})
    assert chart.metadata == {"DNS_CAPTURE": "true"}


def test_percentiles_are_values_that_were_seen() -> None:
    values = [float(each) for each in range(1, 201)]
    assert storms.percentile(values, 0.99) == 198
    assert storms.percentile(values[:100], 0.99) == 99
    assert storms.percentile([3.0, 1.0], 0.99) == 3
    assert storms.percentile([2.0], 0.5) == 2


def test_a_process_uses_time_and_memory() -> None:
    before = processes.cpu(os.getpid())
    assert any(processes.cpu(os.getpid()) > before for _ in itertools.islice(itertools.count(), 1_000_000))
    assert 0 < processes.program(os.getpid()) < processes.resident(os.getpid())
    assert 0 < processes.resident(os.getpid()) <= processes.peak(os.getpid()) < processes.memory()


def test_what_was_stolen_is_a_share() -> None:
    assert 0 <= processes.Stolen().share() <= 1
