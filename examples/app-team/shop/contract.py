"""The platform's contract as this program needs it: typed, checked when it is read, and clear about what is missing.

The whole contract is docs/outputs.md of the platform. Keys that are not needed here are not read, so that only what
this program builds on can break it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi

# Of the contract; another one may have dropped or retyped any key.
VERSION = 1

Outputs = Mapping[str, Any]
_T = TypeVar("_T")


class ContractError(pulumi.RunError):
    """The platform does not put out what this program builds on. The text says where, what, and which version."""


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """A way into the mesh. reference: for VirtualServices. principal: for AuthorizationPolicies."""

    reference: str
    principal: str
    ports: tuple[int, ...]
    dns_name: str


@dataclass(frozen=True, kw_only=True)
class Namespace:
    """A namespace of ours. principal_prefix: a ServiceAccount's name follows. hosts: as gateway/host."""

    principal_prefix: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What the platform promises. node_labels, node_tolerations: where our pods run."""

    source: str
    cluster_arn: str
    kubeconfig: str
    trust_domain: str
    node_labels: Mapping[str, str]
    node_tolerations: tuple[Outputs, ...]
    gateways: Mapping[str, Gateway]
    namespaces: Mapping[str, Namespace]

    def gateway(self, name: str) -> Gateway:
        """Return a gateway by name. Raises ContractError."""
        return _one(self.gateways, name, "gateway", self.source)

    def namespace(self, name: str) -> Namespace:
        """Return a namespace by name. Raises ContractError."""
        return _one(self.namespaces, name, "namespace", self.source)


def read(source: str, outputs: Outputs | None) -> Contract:
    """Read the contract from a stack's outputs. source: where they come from, for errors. Raises ContractError."""
    root = _Map(source, "", outputs or {})
    if "contractVersion" not in root.values:
        raise ContractError(
            f"{source} has no output contractVersion: it is not the platform's, or was never brought up. "
            "Write the stack or the parameter of the platform that runs your namespace."
        )
    if (found := root.number("contractVersion")) != VERSION:
        raise ContractError(
            f"{source} speaks version {found:g} of the contract, this program version {VERSION}. "
            f"Compare docs/contract/v{VERSION}.json and v{found:g}.json of the platform, and change shop/contract.py."
        )
    nodes = root.map("appNodes")
    return Contract(
        source=source,
        cluster_arn=root.text("clusterArn"),
        kubeconfig=root.text("kubeconfig"),
        trust_domain=root.text("trustDomain"),
        node_labels={name: nodes.map("labels").text(name) for name in nodes.map("labels").values},
        node_tolerations=tuple(each.values for each in nodes.maps("tolerations")),
        gateways={name: _gateway(root.map("gateways").map(name)) for name in root.map("gateways").values},
        namespaces={name: _namespace(root.map("namespaces").map(name)) for name in root.map("namespaces").values},
    )


def _gateway(found: "_Map") -> Gateway:
    return Gateway(
        reference=found.text("gateway"),
        principal=found.text("principal"),
        ports=found.numbers("ports"),
        dns_name=found.text("dnsName"),
    )


def _namespace(found: "_Map") -> Namespace:
    return Namespace(principal_prefix=found.text("principalPrefix"), hosts=found.texts("hosts"))


@dataclass(frozen=True)
class _Map:
    """Outputs at a path, taken by name and type."""

    source: str
    path: str
    values: Outputs

    def text(self, name: str) -> str:
        return str(self._typed(name, str, "a text"))

    def number(self, name: str) -> float:
        # The engine hands on every number as a float.
        return float(self._typed(name, int | float, "a number"))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(each.text("") for each in self._items(name))

    def numbers(self, name: str) -> tuple[int, ...]:
        return tuple(int(each.number("")) for each in self._items(name))

    def map(self, name: str) -> "_Map":
        return _Map(self.source, f"{self.path}{name}.", self._typed(name, Mapping, "a map"))

    def maps(self, name: str) -> "Iterator[_Map]":
        return (each.map("") for each in self._items(name))

    def _items(self, name: str) -> "Iterator[_Map]":
        """Yield each element of a list as a map that has the element under the empty name."""
        for index, each in enumerate(self._typed(name, list, "a list")):
            yield _Map(self.source, f"{self.path}{name}[{index}]", {"": each})

    def _typed(self, name: str, kind: Any, word: str) -> Any:
        if name not in self.values:
            raise ContractError(
                f"{self.source} has no output {self.path}{name}, which version {VERSION} of the contract promises. "
                "Ask the platform team: its last `up` did not get that far, or broke the contract."
            )
        value = self.values[name]
        # A flag is a number to Python, and to nobody else.
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ContractError(
                f"The output {self.path}{name} of {self.source} is not {word}, which version {VERSION} of the contract "
                "promises. Ask the platform team: a key never changes its type within a version."
            )
        return value


def _one(found: "Mapping[str, _T]", name: str, kind: str, source: str) -> "_T":
    if name not in found:
        listed = f"it has {', '.join(sorted(found))}" if found else "it has none"
        raise ContractError(
            f"{source} has no output {kind}s.{name}: {listed}. "
            f"Write one of them, or ask the platform team for the {kind} {name}."
        )
    return found[name]
