"""Documents and comparisons for the tests of ``ops diff``: small made-up ones, and those of the committed stacks."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ops.diff import compare
from ops.diff.changes import Comparison
from ops.diff.charts import NotRenderedError, Release
from ops.diff.evaluate import Evaluated
from tests.support.unit import harness

Document = dict[str, Any]
Render = Callable[[Release], str]
ROOT_URN = "urn:pulumi:dev::istio-eks::pulumi:pulumi:Stack::istio-eks-dev"
OPTIONS: dict[str, Any] = {
    "protect": False,
    "retainOnDelete": False,
    "deletedWith": None,
    "ignoreChanges": [],
    "deleteBeforeReplace": False,
    "replaceOnChanges": [],
    "customTimeouts": {},
    "aliases": [],
    "additionalSecretOutputs": [],
}


def resource(
    type_: str,
    name: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    parent: Mapping[str, Any] | None = None,
    dependencies: Sequence[str] = (),
    custom: bool = True,
    remote: bool = False,
    **options: Any,
) -> dict[str, Any]:
    """One resource of a document."""
    above = f"{parent['urn'].split('::')[2]}$" if parent else ""
    return {
        "urn": f"urn:pulumi:dev::istio-eks::{above}{type_}::{name}",
        "type": type_,
        "name": name,
        "parent": parent["urn"] if parent else ROOT_URN,
        "provider": None,
        "custom": custom,
        "remote": remote,
        "inputs": dict(inputs or {}),
        "dependencies": list(dependencies),
        "references": [],
        "options": {**OPTIONS, **options},
    }


def component(type_: str, name: str, **options: Any) -> dict[str, Any]:
    return resource(type_, name, custom=False, **options)


def manifest(kind: str, name: str, namespace: str = "", **rest: Any) -> dict[str, Any]:
    """A Kubernetes object; ``labels`` go into its metadata."""
    metadata: dict[str, Any] = {"name": name, **({"namespace": namespace} if namespace else {})}
    if "labels" in rest:
        metadata["labels"] = rest.pop("labels")
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **rest}


def kubernetes(kind: str, name: str, namespace: str = "", **rest: Any) -> dict[str, Any]:
    """A resource that is a Kubernetes object."""
    return resource(f"kubernetes:any/v1:{kind}", f"{namespace}{name}", manifest(kind, name, namespace, **rest))


def document(
    *resources: Mapping[str, Any], outputs: Mapping[str, Any] | None = None, warnings: Sequence[str] = ()
) -> Document:
    root = {**resource("pulumi:pulumi:Stack", "istio-eks-dev", custom=False), "urn": ROOT_URN, "parent": None}
    return {
        "project": "istio-eks",
        "stack": "dev",
        "resources": sorted([root, *map(dict, resources)], key=lambda each: str(each["urn"])),
        "outputs": dict(outputs or {}),
        "warnings": list(warnings),
    }


def not_rendered(release: Release) -> str:
    raise NotRenderedError("no helm in this test")


def compared(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *, renders: tuple[Render, Render] | None = None
) -> Comparison:
    """Two documents; without ``renders`` no release is rendered."""
    old, new = (Evaluated(document=each, numbers={}) if each else None for each in (before, after))
    return compare.stack("dev", old, new, renders or (not_rendered, not_rendered))


def changed(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], **sides: Any) -> Comparison:
    """Two lists of resources; ``outputs`` as a pair."""
    outputs = sides.get("outputs", ({}, {}))
    return compared(document(*before, outputs=outputs[0]), document(*after, outputs=outputs[1]))


def planned(stack: str, key: str = "", **settings: Any) -> Document:
    """A committed stack with some settings of one key replaced."""
    changes: dict[str, str] = {}
    if key:
        full = f"istio-eks:{key}"
        changes[full] = json.dumps({**json.loads(harness.config(stack).get(full) or "{}"), **settings})
    return dict(harness.preview(stack, changes).document)
