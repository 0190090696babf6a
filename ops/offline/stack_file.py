"""Stack files as the Pulumi engine reads them: raw config text by fully qualified key.

The engine starts from Pulumi.<stack>.yaml and prefixes keys without a namespace with the project's name. From
Pulumi.yaml it takes the ``default`` or ``value`` of every key that the stack file does not set; it merges no values
(pulumi 3.259, workspace/loaders.go and config.go). ``tests/unit/offline/test_stack_file.py`` has values observed in
the engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.offline import engine_yaml
from ops.offline.engine_yaml import UnreadableError

__all__ = ["NotFoundError", "StackFile", "UnreadableError", "path_of", "read", "stacks"]

PROJECT_FILE = "Pulumi.yaml"
# Replaces a ciphertext, which cannot be decrypted offline.
SECRET = "[secret]"


class NotFoundError(Exception):
    """There is no such stack file; the text lists the stacks that have one."""


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """Config of a stack."""

    path: Path
    values: Mapping[str, str]
    """Raw text by key, such as ``istio-eks:network`` or ``aws:region``; objects as JSON."""
    secrets: frozenset[str]
    """Keys with a ``secure:`` value anywhere in them; their ciphertexts are replaced by ``[secret]``."""


def path_of(root: Path, stack: str) -> Path:
    """Return the path of a stack's file."""
    return root / f"Pulumi.{stack}.yaml"


def stacks(root: Path) -> list[str]:
    """Return the names of the stacks that have a file."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in root.glob("Pulumi.*.yaml"))


def read(path: Path, project_file: Path | None = None) -> StackFile:
    """Read the config of one stack file.

    Args:
        path: The stack file, in any folder.
        project_file: Pulumi.yaml; by default the one above this package.

    Raises:
        NotFoundError: There is no such file.
        UnreadableError: The file is not valid.
    """
    project_file = project_file or Path(__file__).parents[2] / PROJECT_FILE
    if not path.is_file():
        raise NotFoundError(_not_found(path, project_file.parent))
    project = _mapping(project_file, engine_yaml.read(project_file))
    config = {**_defaults(project), **_config(path, str(project["name"]))}
    for key, value in config.items():
        _refuse_endless(path, key, value)
    return StackFile(
        path=path,
        values={key: engine_yaml.text(_hidden(value)) for key, value in config.items()},
        secrets=frozenset(key for key, value in config.items() if _hidden(value) != value),
    )


def _not_found(path: Path, root: Path) -> str:
    names = stacks(root)
    known = f"Available stacks: {', '.join(names)}." if names else f"{root} has no Pulumi.<stack>.yaml."
    return f"There is no {path.name}. {known} Create one with `make new STACK=<name>` and `pulumi stack init <name>`."


def _config(path: Path, project: str) -> dict[str, Any]:
    config = _mapping(path, engine_yaml.read(path)).get("config")
    found: dict[str, Any] = {}
    for key, value in _mapping(path, config, "config").items():
        full = _qualified(path, key, project)
        if full in found:
            raise UnreadableError(f"{path.name}: {full} is set twice, with and without its namespace. Remove one.")
        found[full] = value
    return found


def _qualified(path: Path, key: str, project: str) -> str:
    parts = key.split(":")
    # An older spelling, project:config:key, still means project:key.
    if len(parts) == 3 and parts[1] == "config":
        return f"{parts[0]}:{parts[2]}"
    if len(parts) > 2:
        raise UnreadableError(f"{path.name}: {key} is not a valid config key. Use namespace:name.")
    return key if len(parts) == 2 else f"{project}:{key}"


def _defaults(project: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, declared in (project.get("config") or {}).items():
        full = key if ":" in key else f"{project['name']}:{key}"
        value = declared
        if isinstance(declared, dict):
            value = declared.get("default", declared.get("value"))
        if value is not None:
            found[full] = value
    return found


def _mapping(path: Path, value: Any, what: str = "the file") -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnreadableError(f"{path.name}: {what} must be a map of keys and values.")
    return value


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            return SECRET
        return {key: _hidden(each) for key, each in value.items()}
    return [_hidden(each) for each in value] if isinstance(value, list) else value


def _refuse_endless(path: Path, key: str, value: Any) -> None:
    try:
        engine_yaml.text(value)
    except ValueError:
        raise UnreadableError(
            f"{path.name}: {key} contains .inf or .nan, which JSON does not support. Use a number."
        ) from None
