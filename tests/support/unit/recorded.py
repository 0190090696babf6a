"""The graph of a recorded stack, by the names a user knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.offline.reach import Graph


@dataclass(frozen=True)
class Node:
    """One resource of a stack."""

    stack: "Stack"
    urn: str

    @property
    def resource(self) -> Mapping[str, Any]:
        return self.stack.graph.resources[self.urn]

    @property
    def name(self) -> str:
        return str(self.resource["name"])

    @property
    def inputs(self) -> dict[str, Any]:
        return dict(self.resource["inputs"])

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.resource["options"])

    @property
    def provider(self) -> str | None:
        provider: str | None = self.resource["provider"]
        return provider

    def reaches(self, other: "Node") -> bool:
        return self.stack.graph.reaches(self.urn, other.urn)


class Stack:
    """A recorded stack: resources by type, name or Kubernetes identity."""

    def __init__(self, built: Mapping[str, Any]) -> None:
        self.document = built
        self.graph = Graph(built)

    @property
    def nodes(self) -> list[Node]:
        return [Node(self, urn) for urn in self.graph.resources]

    def of_type(self, *types: str) -> list[Node]:
        return [node for node in self.nodes if node.resource["type"] in types]

    def one(self, type_: str, name: str) -> Node:
        found = [node for node in self.of_type(type_) if node.name == name]
        assert len(found) == 1, f"{type_} {name}: {len(found)} of {sorted(n.name for n in self.of_type(type_))}"
        return found[0]

    def component(self, name: str) -> Node:
        """The component of this name; of two in each other the outer one."""
        named = [node for node in self.nodes if node.name == name and node.resource["type"].startswith("istio-eks:")]
        found = [node for node in named if node.resource["parent"] not in {each.urn for each in named}]
        assert len(found) == 1, f"component {name}: {len(found)}"
        return found[0]

    def kubernetes(self, kind: str, name: str, namespace: str | None = None) -> Node:
        found = [
            node
            for node in self.nodes
            if node.resource["type"].startswith("kubernetes:")
            and node.resource["type"].endswith(f":{kind}")
            and node.inputs.get("metadata", {}).get("name") == name
            and namespace in (None, node.inputs["metadata"].get("namespace"))
        ]
        assert len(found) == 1, f"{kind} {namespace}/{name}: {len(found)}"
        return found[0]

    def release(self, name: str) -> Node:
        found = [node for node in self.of_type("kubernetes:helm.sh/v3:Release") if node.inputs["name"] == name]
        assert len(found) == 1, f"release {name}: {len(found)}"
        return found[0]

    def secret(self, name: str, namespace: str | None = None) -> Node:
        return self.kubernetes("Secret", name, namespace)

    @property
    def outputs(self) -> dict[str, Any]:
        return dict(self.document["outputs"])
