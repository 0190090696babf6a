"""Objects of a running stack, changed or missing for a while: what the tests break, and leave as it was for all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.control_plane.api import Api
from local.control_plane.api_connection import Manifest
from local.world.mesh import Mesh
from local.world.settled import settled

KEPT = ("name", "namespace", "labels", "annotations")
# On every namespace, set by nobody.
OF_KUBERNETES = "kubernetes.io/metadata.name"


@contextmanager
def added(mesh: Mesh, *manifests: Manifest) -> Iterator[None]:
    """Objects that are there while the block runs."""
    api, made = mesh.control_plane.api, list[Manifest]()
    try:
        for each in manifests:
            made.append(api.create(each))
        yield
    finally:
        for each in reversed(made):
            metadata = each["metadata"]
            api.delete(each["apiVersion"], each["kind"], metadata["name"], metadata.get("namespace"), wait=30)
        _settled(mesh, *made)


@contextmanager
def without(mesh: Mesh, api_version: str, kind: str, name: str, namespace: str) -> Iterator[None]:
    """The object is gone while the block runs; then it is as it was."""
    api = mesh.control_plane.api
    before = _found(api, api_version, kind, name, namespace)
    api.delete(api_version, kind, name, namespace, wait=10)
    try:
        yield
    finally:
        api.apply(_plain(before), field_manager=_manager(before))
        _settled(mesh, before)


@contextmanager
def with_spec(
    mesh: Mesh, api_version: str, kind: str, name: str, namespace: str, spec: Mapping[str, Any]
) -> Iterator[None]:
    """The object has another spec while the block runs; then it is as it was."""
    api = mesh.control_plane.api
    before = _found(api, api_version, kind, name, namespace)
    api.apply({**_plain(before), "spec": dict(spec)}, field_manager=_manager(before))
    try:
        yield
    finally:
        api.apply(_plain(before), field_manager=_manager(before))
        _settled(mesh, before)


@contextmanager
def with_labels(mesh: Mesh, namespace: str, labels: Mapping[str, str | None]) -> Iterator[None]:
    """The namespace has other labels while the block runs, None removes one; then it is as it was."""
    api = mesh.control_plane.api
    found = api.get("v1", "Namespace", namespace)
    assert found, namespace
    before = {key: value for key, value in found["metadata"]["labels"].items() if key != OF_KUBERNETES}
    named = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    api.patch({**named, "metadata": {"name": namespace, "labels": labels}})
    try:
        yield
    finally:
        # What an apply does not name stays, if somebody else has set it.
        new = dict.fromkeys(labels.keys() - before.keys())
        api.patch({**named, "metadata": {"name": namespace, "labels": new}})
        manifest = {**named, "metadata": {"name": namespace, "labels": before}}
        api.apply(manifest, field_manager=_manager(found), force=True)
        settled(mesh)


def _settled(mesh: Mesh, *changed: Manifest) -> None:
    if any(map(_concerns_istiod, changed)):
        settled(mesh)


def _concerns_istiod(manifest: Mapping[str, Any]) -> bool:
    """Whether istiod reads it as configuration, or it is a namespace. What others change is for who changes them."""
    group = str(manifest["apiVersion"]).partition("/")[0]
    return group.endswith("istio.io") or str(manifest["kind"]) == "Namespace"


def _found(api: Api, api_version: str, kind: str, name: str, namespace: str) -> Manifest:
    found = api.get(api_version, kind, name, namespace)
    assert found, f"{kind} {namespace}/{name}"
    return found


def _plain(found: Manifest) -> Manifest:
    metadata = {key: found["metadata"][key] for key in KEPT if key in found["metadata"]}
    return {key: value for key, value in found.items() if key != "status"} | {"metadata": metadata}


def _manager(found: Manifest) -> str:
    """Who applied it, so that the engine finds its own fields afterwards."""
    applied = [each["manager"] for each in found["metadata"]["managedFields"] if each["operation"] == "Apply"]
    return str(applied[0])
