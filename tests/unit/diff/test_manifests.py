"""What charts render, object by object: noise is no change, and of a secret only the keys are kept."""

import json
from typing import Any

import pytest

from ops.diff import manifests
from ops.diff.changes import Kind


def configmap(**data: Any) -> dict[str, Any]:
    return {"kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n", **data.pop("metadata", {})}, "data": data}


def objects(*given_: dict[str, Any]) -> dict[Any, Any]:
    return manifests.parsed("\n---\n".join(map(json.dumps, given_)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            configmap(metadata={"labels": {"helm.sh/chart": "a-1"}}),
            configmap(metadata={"labels": {"helm.sh/chart": "a-2"}}),
        ),
        (
            configmap(metadata={"annotations": {"checksum/config": "1"}}),
            configmap(metadata={"annotations": {"checksum/config": "2"}}),
        ),
        (
            {"kind": "W", "metadata": {"name": "w"}, "caBundle": "x"},
            {"kind": "W", "metadata": {"name": "w"}, "caBundle": "y"},
        ),
        (
            {"kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "x"}},
            {"kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "y"}},
        ),
    ],
    ids=["helm-label", "checksum", "generated-bundle", "generated-certificate"],
)
def test_noise_is_no_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    kept = manifests.changes(objects(before), objects(after))
    assert [each.lines for each in kept if each.kind is Kind.CHANGED and each.lines] == []


def test_what_is_no_noise_is_shown_line_by_line() -> None:
    (found,) = manifests.changes(objects(configmap(mesh="a: 1\nb: 2\n")), objects(configmap(mesh="a: 1\nb: 3\n")))
    assert found.identity == ("ConfigMap", "n", "c")
    assert [each for each in found.lines if each[0] in "+-"] == ["-    b: 2", "+    b: 3"]


def test_of_a_secret_only_the_keys_are_kept() -> None:
    (found,) = objects({"kind": "Secret", "metadata": {"name": "s"}, "stringData": {"password": "hunter2"}}).values()
    assert found["stringData"] == {"password": "[secret]"}


def test_objects_that_carry_a_revision_are_compared_with_their_successors() -> None:
    def one(revision: str, extra: str) -> dict[str, Any]:
        return {"kind": "Deployment", "metadata": {"name": f"istiod-{revision}"}, "spec": {"rev": revision, "x": extra}}

    (found,) = manifests.changes(objects(one("1-31-1", "a")), objects(one("1-32-0", "b")), {"1-31-1": "1-32-0"})
    assert [each for each in found.lines if each[0] in "+-"] == ["-  x: a", "+  x: b"]
