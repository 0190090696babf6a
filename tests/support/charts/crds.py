"""Istio's own definitions of its kinds, as JSON schemas that refuse what they do not know."""

from collections.abc import Mapping
from typing import Any

import jsonschema

from tests.support.charts.releases import Manifest, Rendered

Kind = tuple[str, str]
Schema = dict[str, Any]

# Of every object; the API server checks it, no definition does.
ENVELOPE: Schema = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}


def schemas(base: Rendered) -> dict[Kind, Schema]:
    """By apiVersion and kind, of every version that is served."""
    return {
        (f"{spec['group']}/{version['name']}", spec["names"]["kind"]): closed(version["schema"]["openAPIV3Schema"])
        for spec in (each["spec"] for each in base.all("CustomResourceDefinition"))
        for version in spec["versions"]
        if version["served"]
    }


def closed(schema: Mapping[str, Any]) -> Schema:
    """The schema of a whole object, with unknown fields refused at every depth.

    Left out: rules in CEL (``x-kubernetes-validations``), which only an API server runs.
    """
    strict = _closed(schema)
    return {**strict, "properties": {**ENVELOPE, **strict["properties"]}}


def _closed(schema: Mapping[str, Any]) -> Schema:
    """Conditions (oneOf, not) repeat parts of a schema and stay open, as in Kubernetes' structural schemas."""
    strict = dict(schema)
    if schema.get("x-kubernetes-int-or-string"):
        strict["type"] = ["integer", "string"]
    if schema.get("nullable"):
        strict["type"] = [strict["type"], "null"]
    if "properties" in schema:
        strict["properties"] = {key: _closed(value) for key, value in schema["properties"].items()}
        strict.setdefault("additionalProperties", bool(schema.get("x-kubernetes-preserve-unknown-fields")))
    elif isinstance(schema.get("additionalProperties"), Mapping):
        strict["additionalProperties"] = _closed(schema["additionalProperties"])
    if "items" in schema:
        strict["items"] = _closed(schema["items"])
    return strict


def errors(manifest: Manifest, schema: Schema) -> list[str]:
    """What is wrong with an object, by place."""
    found = jsonschema.Draft202012Validator(schema).iter_errors(manifest)
    return [f"{each.json_path}: {each.message}" for each in found]
