"""Stack files mean offline what they mean to the engine.

The expected texts were printed by the engine's own loader (sdk 3.259.0: LoadProjectStackBytes, Map.Decrypt).
"""

import contextlib
import json
import shutil
from pathlib import Path

import pytest
import yaml

from ops.offline import stack_file

# Scalar as written, raw text at the top of config, the same inside an object.
OBSERVED = [
    ("2026-11-22", "2026-11-22 00:00:00 +0000 UTC", "2026-11-22 00:00:00 +0000 UTC"),
    ("2026-1-2", "2026-01-02 00:00:00 +0000 UTC", "2026-01-02 00:00:00 +0000 UTC"),
    ('"2026-11-22"', "2026-11-22", "2026-11-22"),
    ("2026-02-30", "2026-02-30", "2026-02-30"),
    ("0000-02-29", "0000-02-29 00:00:00 +0000 UTC", "0000-02-29 00:00:00 +0000 UTC"),
    ("2026-11-22T10:00:00.120Z", "2026-11-22 10:00:00.12 +0000 UTC", "2026-11-22 10:00:00.12 +0000 UTC"),
    ("2026-11-22 10:00:00", "2026-11-22 10:00:00 +0000 UTC", "2026-11-22 10:00:00 +0000 UTC"),
    ("2026-11-22T10:00:00+02:00", "2026-11-22 10:00:00 +0200 +0200", "2026-11-22 10:00:00 +0200 +0200"),
    ("2026-11-22T10:00:00", "2026-11-22T10:00:00", "2026-11-22T10:00:00"),
    ("off", "off", "off"),
    ("yes", "yes", "yes"),
    ("y", "y", "y"),
    ("true", "true", True),
    ("TRUE", "true", True),
    ("tRUE", "tRUE", "tRUE"),
    ('"true"', "true", "true"),
    ("~", "", None),
    ("Null", "", None),
    ('""', "", ""),
    ("1.30", "1.3", 1.3),
    ('"1.30"', "1.30", "1.30"),
    ("1.31.1", "1.31.1", "1.31.1"),
    ("1.0", "1", 1),
    (".5", "0.5", 0.5),
    ("+.5", "0.5", 0.5),
    ("-0.0", "0", 0),
    ("1e3", "1000", 1000),
    ("1e-7", "1e-7", 1e-7),
    ("1e20", "100000000000000000000", 100000000000000000000),
    ("1e21", "1e+21", 1e21),
    ("1e400", "1e400", "1e400"),
    ("0012", "10", 10),
    ("08", "8", 8),
    ("0o14", "12", 12),
    ("0x1F", "31", 31),
    ("-0b11", "-3", -3),
    ("0o8", "0o8", "0o8"),
    ("+12", "12", 12),
    ("1_000", "1000", 1000),
    ("_1", "_1", "_1"),
    (".1_5", "0.15", 0.15),
    ("12:30", "12:30", "12:30"),
    ("9223372036854775808", "9223372036854775808", 9223372036854775808),
    ("18446744073709551616", "18446744073709552000", 18446744073709552000),
    ("-9223372036854775809", "-9223372036854776000", -9223372036854776000),
    ("<<", "<<", "<<"),
    ("=", "=", "="),
    ("!!str 1.30", "1.30", "1.30"),
    ('!!int "12"', "12", 12),
    ("!!float 3", "3", 3),
    ('!!null ""', "", None),
    ("!!binary aGVsbG8=", "hello", "hello"),
    ("!foo 12", "12", "12"),
    ("10.0.0.0/16", "10.0.0.0/16", "10.0.0.0/16"),
]

DOCUMENTS = {
    "merge keys yield to the mapping's own": (
        "x: &d {a: 1, b: 2}\nconfig:\n  p:o:\n    <<: *d\n    b: 3\n",
        {"a": 1, "b": 3},
    ),
    "of merged mappings the first wins": (
        "config:\n  p:o:\n    b: 3\n    <<: [{a: 1, b: 2}, {a: 9, c: 4}]\n",
        {"a": 1, "b": 3, "c": 4},
    ),
    "keys are text": (
        "config:\n  p:o: {1: a, true: b, 1.50: c, ~: e, off: f}\n",
        {"1": "a", "true": "b", "1.5": "c", "<nil>": "e", "off": "f"},
    ),
    "one number written twice is one key, the last": ("config:\n  p:o:\n    1: 1\n    01: 2\n", {"1": 2}),
    "a set maps to nothing": ("config:\n  p:o: !!set {a, b}\n", {"a": None, "b": None}),
    "only the first document counts": ("config:\n  p:o: [1]\n---\nconfig:\n  p:o: [2]\n", [1]),
    "a byte order mark is skipped": ("\ufeffconfig:\n  p:o: [1.30]\n", [1.3]),
    "an older spelling of the key": ("config:\n  p:config:o: [1]\n", [1]),
    "a key without namespace is the project's": ("config:\n  o: [1]\n", [1]),
    "secure with something else is no secret": ("config:\n  p:o: {secure: a, b: c}\n", {"secure": "a", "b": "c"}),
}

REFUSED = {
    "config:\n  p:o: 1\n  p:o: 2\n": "Pulumi.s.yaml, line 3: key 'p:o' is already given on line 2",
    'config:\n  p:o:\n    1: 1\n    "1": 2\n': "line 4: key '1' is already given on line 3",
    "config:\n  p:o: [1, 2\n  p:x: 3\n": "Pulumi.s.yaml, line 3: expected ',' or ']'",
    "config:\n\tp:o: 1\n": "line 2: found character '\\t'",
    "config:\n  p:o: *x\n": "line 2: found undefined alias 'x'",
    "config:\n  p:o: &a\n    b: *a\n": "an anchor contains itself",
    "config:\n  p:o:\n    <<: 3\n": "line 3: << requires a mapping",
    "config:\n  p:o:\n    ? [a]\n    : 1\n": "line 3: a key must be a scalar",
    "config:\n  p:o: !!int abc\n": "line 2: cannot read 'abc' as int",
    "config:\n  p:o: [.inf]\n": "p:o contains .inf or .nan",
    "config: [1]\n": "config must be a map of keys and values",
    "abc\n": "the file must be a map of keys and values",
    "config:\n  a:b:c:d: 1\n": "a:b:c:d is not a valid config key",
    # The engine keeps one of the two at random.
    "config:\n  p:o: 1\n  o: 2\n": "p:o is set twice",
}


def read(folder: Path, text: str, project: str = "name: p\nruntime: python\n") -> stack_file.StackFile:
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "Pulumi.s.yaml").write_text(text, encoding="utf-8")
    return stack_file.read(folder / "Pulumi.s.yaml", folder / "Pulumi.yaml")


@pytest.mark.parametrize(("written", "top", "nested"), OBSERVED, ids=[each[0] for each in OBSERVED])
def test_a_scalar_is_what_the_engine_makes_of_it(tmp_path: Path, written: str, top: str, nested: object) -> None:
    values = read(tmp_path, f"config:\n  p:top: {written}\n  p:obj:\n    v: {written}\n").values
    assert values["p:top"] == top
    found = json.loads(values["p:obj"])["v"]
    assert (found, type(found)) == (nested, type(nested))


def test_pyyaml_alone_would_be_wrong() -> None:
    loaded = yaml.safe_load("{date: 2026-11-22, word: off, time: 12:30, zero: 08, exponent: 1e3}")
    assert {key: type(value).__name__ for key, value in loaded.items()} == {
        "date": "date",
        "word": "bool",
        "time": "int",
        "zero": "str",
        "exponent": "str",
    }


@pytest.mark.parametrize("case", DOCUMENTS)
def test_structure(tmp_path: Path, case: str) -> None:
    text, expected = DOCUMENTS[case]
    assert json.loads(read(tmp_path, text).values["p:o"]) == expected


@pytest.mark.parametrize("text", ["", "# nothing\n", "encryptionsalt: v1:x\n", "config:\n"])
def test_a_file_may_hold_no_config(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).values == {}


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_says_where_and_why(tmp_path: Path, text: str) -> None:
    with pytest.raises(stack_file.UnreadableError) as caught:
        read(tmp_path, text)
    assert REFUSED[text] in str(caught.value)


@pytest.mark.parametrize("depth", [3000, 400, 300])
def test_what_is_nested_without_end_is_refused_without_a_traceback(tmp_path: Path, depth: int) -> None:
    with contextlib.suppress(stack_file.UnreadableError):
        read(tmp_path, f"config:\n  p:o: {'[' * depth}{']' * depth}\n")
    with pytest.raises(stack_file.UnreadableError, match=r"Pulumi\.s\.yaml is nested too deep"):
        read(tmp_path, f"config:\n  p:o: {'{a: ' * 3000}1{'}' * 3000}\n")


@pytest.mark.parametrize("content", [b"config: \xff\xfe", b"config: \x00"])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    read(tmp_path, "")
    (tmp_path / "Pulumi.s.yaml").write_bytes(content)
    with pytest.raises(stack_file.UnreadableError, match=r"Pulumi\.s\.yaml is not valid YAML"):
        stack_file.read(tmp_path / "Pulumi.s.yaml", tmp_path / "Pulumi.yaml")


def test_ciphertexts_are_named_and_hidden(tmp_path: Path) -> None:
    stack = read(tmp_path, "config:\n  p:s: {secure: v1:abc}\n  p:o:\n    a: [{secure: v1:abc}]\n  p:n: {secure: 12}\n")
    assert stack.secrets == {"p:s", "p:o"}
    assert stack.values == {"p:s": "[secret]", "p:o": '{"a":["[secret]"]}', "p:n": '{"secure":12}'}


def test_what_a_stack_leaves_out_comes_from_the_project(tmp_path: Path) -> None:
    project = """
        name: p
        config:
          size: {description: How big., default: {}}
          p:tags: {default: {a: 1}}
          plain: small
          aws:region: {value: us-east-1}
          named: {description: No default.}
    """
    stack = read(tmp_path, "config:\n  p:tags: {b: 2}\n", project)
    assert stack.values == {"p:size": "{}", "p:tags": '{"b":2}', "p:plain": "small", "aws:region": "us-east-1"}


def test_a_missing_file_names_the_stacks_there_are(tmp_path: Path) -> None:
    read(tmp_path, "")
    shutil.copy(tmp_path / "Pulumi.s.yaml", tmp_path / "Pulumi.other.yaml")
    with pytest.raises(stack_file.NotFoundError, match=r"There is no Pulumi\.t\.yaml\. Available stacks: other, s\."):
        stack_file.read(stack_file.path_of(tmp_path, "t"), tmp_path / "Pulumi.yaml")
