"""What a storm changes, and that it is afterwards as it was."""

import json
from typing import Any

import pytest

from benchmarks.scale import layout as layouts
from benchmarks.scale import markers, stack
from benchmarks.scale.changes import Changes
from benchmarks.scale.variants import variants


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
def changes(fake_world: FakeWorld) -> Changes:
    defaults = variants(stack.committed().settings.mesh)["defaults"]
    known: Any = fake_world
    return Changes(world=known, variant=defaults, crowd=known, markers=markers.Markers())


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
