"""YAML files as the Pulumi engine reads them, and values as it writes them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ops.offline import engine_scalars

PREFIX = "tag:yaml.org,2002:"
# Marks a scalar without quotes and without a tag, which the engine's own rules resolve.
PLAIN = "!plain"
BYTE_ORDER_MARK = "\ufeff"


class UnreadableError(Exception):
    """The file is not a stack file, or the engine cannot read it either; the text gives the line and the reason."""


class _Loader(yaml.SafeLoader):
    """PyYAML's parser, a port of the same libyaml, without its own rules for scalars."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(PLAIN, re.compile(""), None)


def read(path: Path) -> Any:
    """Return the first document of a file as plain values; ``None`` if it is empty.

    Raises:
        UnreadableError: The file is not valid YAML.
    """
    try:
        return _first(path.read_text(encoding="utf-8").removeprefix(BYTE_ORDER_MARK))
    except RecursionError:
        raise UnreadableError(f"{path.name} is nested too deep to be read. Use fewer levels.") from None
    except yaml.MarkedYAMLError as error:
        raise UnreadableError(_located(path, error)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path.name} is not valid YAML: {error}") from None


def _first(content: str) -> Any:
    loader = _Loader(content)
    try:
        node = loader.get_node() if loader.check_node() else None
    finally:
        loader.dispose()
    return None if node is None else _value(node, ())


def text(value: Any) -> str:
    """Return a config value as the engine passes it to the program: text unchanged, everything else as JSON."""
    if value is None:
        return ""
    if isinstance(value, float):
        # Python pads an exponent, Go does not.
        return re.sub(r"(e[-+])0", r"\1", json_text(value))
    return value if isinstance(value, str) else json_text(value)


def json_text(value: Any) -> str:
    """Return JSON with the numbers and the key order of Go's encoder: ``1.0`` is written ``1``."""
    return json.dumps(_go_numbers(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _go_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _go_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_go_numbers(each) for each in value]
    if isinstance(value, float) and abs(value) < 1e21 and value.is_integer():
        # Go prints the shortest digits: 18446744073709551616 is written 18446744073709552000.
        return int(_digits(value))
    return value


def _digits(value: float) -> str:
    mantissa, _, exponent = f"{value!r}".removesuffix(".0").partition("e")
    if not exponent:
        return mantissa
    whole, _, fraction = mantissa.partition(".")
    return whole + fraction.ljust(int(exponent), "0")


def _value(node: yaml.Node, above: tuple[yaml.Node, ...]) -> Any:
    if any(node is each for each in above):
        raise yaml.MarkedYAMLError(problem="an anchor contains itself", problem_mark=node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, (*above, node)))
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*above, node)) for each in node.value]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    try:
        return engine_scalars.resolve(node.value, None if node.tag == PLAIN else node.tag.removeprefix(PREFIX))
    except ValueError as error:
        raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from None


def _pairs(node: yaml.MappingNode, above: tuple[yaml.Node, ...]) -> Iterator[tuple[str, Any]]:
    """Yield merged pairs first, so that the mapping's own keys override them."""
    _refuse_duplicates(node)
    own = [(key, value) for key, value in node.value if key.value != "<<"]
    for key, value in node.value:
        if key.value == "<<":
            yield from _merged(value, above)
    for key, value in own:
        yield _key(key), _value(value, above)


def _merged(node: yaml.Node, above: tuple[yaml.Node, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the pairs of merged mappings; the earlier mapping comes last and overrides the others."""
    for each in reversed(node.value) if isinstance(node, yaml.SequenceNode) else [node]:
        if not isinstance(each, yaml.MappingNode):
            raise yaml.MarkedYAMLError(
                problem="<< requires a mapping or a list of mappings", problem_mark=node.start_mark
            )
        yield from _pairs(each, (*above, each))


def _refuse_duplicates(node: yaml.MappingNode) -> None:
    """Refuse keys that are written twice: ``1`` and ``"1"`` are equal, ``1`` and ``01`` not (yaml.v3, decode.go)."""
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key must be a scalar", problem_mark=key.start_mark)
        line = key.start_mark.line + 1
        if key.value in lines:
            problem = f"key {key.value!r} is already given on line {lines[key.value]}"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
        lines[key.value] = line


def _key(node: yaml.Node) -> str:
    value = _scalar(node)
    return "<nil>" if value is None else text(value)


def _located(path: Path, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"{path.name}, line {mark.line + 1}" if mark else path.name
    return f"{where}: {error.problem or error.context}. Correct the line: the engine rejects the file too."
