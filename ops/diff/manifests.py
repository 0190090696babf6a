"""Manifests of a release, per object, without parts that differ in every render or repeat others."""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from ops.diff.changes import Identity, Kind, Manifest, ObjectChange
from ops.offline.document import SECRET

# Labels that Helm charts set on every object: a new chart version would change them all.
HELM_LABELS = frozenset({"helm.sh/chart", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "heritage"})
GENERATED = re.compile(r"(^|/)checksum(/|$|-)|^rollme$")
# Lines of context in a diff.
CONTEXT = 3
# Comparing more lines takes minutes; the whole object is then shown as one change.
LONGEST_COMPARED = 20_000


def parsed(text: str) -> dict[Identity, Manifest]:
    """Return the objects that helm printed, in their plain form."""
    objects = (each for each in yaml.load_all(text, Loader=yaml.CSafeLoader) if isinstance(each, dict))
    found: dict[Identity, Manifest] = {}
    for each in objects:
        for one in each["items"] if each.get("kind") == "List" else [each]:
            if not _echo(one):
                found[identity(one)] = plain(one)
    return found


def identity(manifest: Manifest) -> Identity:
    """Return kind, namespace and name."""
    metadata = manifest.get("metadata", {})
    return str(manifest.get("kind")), str(metadata.get("namespace", "")), str(metadata.get("name", ""))


def plain(manifest: Manifest) -> dict[str, Any]:
    """Return an object without Helm's labels, checksums and generated certificates, and a Secret with keys only."""
    found = _plain(manifest)
    assert isinstance(found, dict)
    if found.get("kind") == "Secret":
        for field in ("data", "stringData"):
            if isinstance(found.get(field), dict):
                found[field] = dict.fromkeys(found[field], SECRET)
    if str(found.get("metadata", {}).get("name", "")).startswith("istio-sidecar-injector"):
        # The injector's ConfigMap repeats all values of the release beside its template.
        found.get("data", {}).pop("values", None)
    return found


def changes(
    before: Mapping[Identity, Manifest], after: Mapping[Identity, Manifest], same: Mapping[str, str] | None = None
) -> tuple[ObjectChange, ...]:
    """Return the objects that differ; added and removed objects without a diff.

    Args:
        before: Objects before the change.
        after: Objects after the change.
        same: Words to treat as equal, old to new, such as the revision in the names of its objects.
    """
    renamed = dict(_renamed(before, same)) if same else before
    found: list[ObjectChange] = []
    for each in sorted(renamed.keys() | after.keys()):
        if each not in renamed:
            found.append(ObjectChange(kind=Kind.ADDED, identity=each, lines=()))
        elif each not in after:
            found.append(ObjectChange(kind=Kind.REMOVED, identity=each, lines=()))
        elif renamed[each] != after[each]:
            diff = tuple(lines(written(renamed[each]), written(after[each])))
            found.append(ObjectChange(kind=Kind.CHANGED, identity=each, lines=diff))
    return tuple(found)


def written(manifest: Any) -> str:
    """Return YAML for comparison: keys sorted, long texts line by line."""
    return yaml.dump(manifest, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=2**16)


def lines(before: str, after: str) -> Iterator[str]:
    """Yield a unified diff without its two lines of file names."""
    olds, news = before.splitlines(), after.splitlines()
    if max(len(olds), len(news)) > LONGEST_COMPARED:
        yield f"@@ {len(olds)} lines before, {len(news)} after: too long to compare @@"
        yield f"-sha256 {hashlib.sha256(before.encode()).hexdigest()}"
        yield f"+sha256 {hashlib.sha256(after.encode()).hexdigest()}"
        return
    compared = difflib.unified_diff(olds, news, n=CONTEXT, lineterm="")
    yield from (each for number, each in enumerate(compared) if number > 1)


def _renamed(before: Mapping[Identity, Manifest], same: Mapping[str, str]) -> Iterable[tuple[Identity, Manifest]]:
    for manifest in before.values():
        text = json.dumps(manifest)
        for old, new in same.items():
            text = text.replace(old, new)
        changed: Manifest = json.loads(text)
        yield identity(changed), changed


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if not _noise(str(key), each)}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _noise(key: str, value: Any) -> bool:
    return key in HELM_LABELS or key == "caBundle" or bool(isinstance(value, str) and GENERATED.search(key))


def _echo(manifest: Manifest) -> bool:
    """Return whether the object is a ConfigMap that only repeats the values of the release."""
    kind, _, name = identity(manifest)
    return kind == "ConfigMap" and (name == "values" or name.startswith("values-"))


class _Dumper(yaml.CSafeDumper):
    """Writes no YAML aliases, and texts of several lines as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, text: str) -> yaml.ScalarNode:
    # YAML cannot write lines that end in a space as a block.
    block = "|" if "\n" in text else None
    clean = "\n".join(line.rstrip() for line in text.split("\n")) if block else text
    scalar: yaml.ScalarNode = dumper.represent_scalar("tag:yaml.org,2002:str", clean, style=block)
    return scalar


_Dumper.add_representer(str, _text)
