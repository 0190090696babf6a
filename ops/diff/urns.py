"""URNs that the engine knows a resource by: its own, and earlier ones through aliases.

Follows ``generateAliases``, ``collapseAliasToUrn`` and ``inheritedChildAlias`` of pulumi's
pkg/resource/deploy/step_generator.go: a child of an aliased parent is also looked up below the old parent.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ops.offline.monitor import STACK_TYPE

Resource = Mapping[str, Any]


def former(resource: Resource, resources: Mapping[str, Resource]) -> list[str]:
    """Return the URNs that a resource may have had before, nearest first.

    Args:
        resource: The resource.
        resources: Every resource of its document, by URN.
    """
    own = [_collapsed(resource, alias) for alias in resource["options"]["aliases"]]
    found = [*own, *_inherited(resource, own, resources)]
    return [urn for urn in dict.fromkeys(found) if urn != resource["urn"]]


def qualified(urn: str) -> str:
    """Return the types of a URN's ancestors and its own; empty for the stack."""
    chain = urn.split("::")[2]
    return "" if chain == STACK_TYPE else chain


def _inherited(resource: Resource, own: list[str], resources: Mapping[str, Resource]) -> Iterator[str]:
    parent = resources.get(resource["parent"] or "")
    if parent is None:
        return
    named = [(resource["type"], resource["name"]), *((_type(urn), _name(urn)) for urn in own)]
    for before in former(parent, resources):
        for type_, name in named:
            # A child's name usually begins with its parent's, so the engine assumes that both were renamed.
            rest = name.removeprefix(parent["name"])
            yield _urn(resource["urn"], before, type_, name if rest == name else _name(before) + rest)


def _collapsed(resource: Resource, alias: Mapping[str, Any]) -> str:
    if "urn" in alias:
        return str(alias["urn"])
    spec = alias.get("spec", {})
    parent = "" if spec.get("noParent") else spec.get("parentUrn") or resource["parent"] or ""
    head = resource["urn"].split("::")
    stack = spec.get("stack") or head[0].rsplit(":", 1)[1]
    like = f"urn:pulumi:{stack}::{spec.get('project') or head[1]}"
    return _urn(like, parent, spec.get("type") or resource["type"], spec.get("name") or resource["name"])


def _urn(like: str, parent: str, type_: str, name: str) -> str:
    stack, project = like.split("::")[:2]
    above = qualified(parent) if parent else ""
    return f"{stack}::{project}::{above}{'$' if above else ''}{type_}::{name}"


def _type(urn: str) -> str:
    return urn.split("::")[2].split("$")[-1]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]
