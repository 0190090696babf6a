"""Values of YAML scalars as the Pulumi engine reads them.

The engine reads stack files with gopkg.in/yaml.v3 (3.0.1, resolve.go), which follows neither YAML 1.1 nor 1.2 and not
PyYAML: ``off`` is text, ``0012`` is ten, an unquoted date becomes the text of a Go timestamp.
"""

import base64
import datetime
import re

# Scalars that are neither text nor number, as resolve.go lists them.
WORDS: dict[str, object] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
# Go's strconv.ParseInt with base 0, after yaml.v3 has dropped the underscores.
INTEGER = re.compile(
    r"([-+]?)(0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO]?(?P<oct>[0-7]+)|(?P<dec>0|[1-9]\d*))"
)
BASES = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# A leading point skips the step that drops underscores; Go itself then takes them between digits.
POINT_FLOAT = re.compile(r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?")
INT64 = range(-(2**63), 2**64)
TIMESTAMP = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:(?P<between>[Tt ])(?P<time>\d{1,2}:\d{1,2}:\d{1,2})(?:[.,](?P<fraction>\d+))?"
    r"(?P<zone>Z|[-+](?:[01]\d|2[0-4]):[0-5]\d)?)?"
)


def resolve(text: str, tag: str | None = None) -> object:
    """Return the value of a scalar.

    Args:
        text: Text of the scalar.
        tag: ``None`` for a plain scalar, ``str`` for a quoted one, otherwise the explicit tag without its ``!!``.

    Raises:
        ValueError: The text does not match its explicit tag.
    """
    if tag == "binary":
        return base64.b64decode(text).decode()
    if tag in ("str", "merge") or (tag and tag.startswith("!")):
        return text
    value = _plain(text) if tag != "timestamp" else _timestamp(text)
    if tag == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if tag and _kind(value, text) != tag:
        raise ValueError(f"cannot read {text!r} as {tag}")
    return value


def _plain(text: str) -> object:
    if text in WORDS:
        return WORDS[text]
    first = text[0]
    if first == ".":
        return _finite(text, float(text.replace("_", ""))) if POINT_FLOAT.fullmatch(text) else text
    if first not in "0123456789+-":
        return text
    stamp = _timestamp(text)
    return stamp if stamp is not None else _number(text)


def _number(text: str) -> object:
    plain = text.replace("_", "")
    match = INTEGER.fullmatch(plain)
    if match:
        digits, base = next((match[name], base) for name, base in BASES.items() if match[name])
        value = int(digits, base) * (-1 if match[1] == "-" else 1)
        # Go has no larger whole number: beyond, the digits are read as a float.
        if value in INT64:
            return value
    if FLOAT.fullmatch(plain):
        return _finite(text, float(plain))
    return text


def _finite(text: str, value: float) -> object:
    """Return a finite number, or the text: Go cannot parse a number that overflows, so yaml.v3 keeps the text."""
    return text if value in (float("inf"), float("-inf")) else value


def _timestamp(text: str) -> str | None:
    """Return Go's ``time.Time.String()`` of a timestamp, which pulumi stores, or ``None`` for other texts."""
    match = TIMESTAMP.fullmatch(text)
    # With T a zone is required, with a blank none is allowed (yaml.v3, allowedTimestampFormats).
    if match is None or (match["between"] is not None and (match["between"] == " ") != (match["zone"] is None)):
        return None
    year, month, day = (int(part) for part in match["date"].split("-"))
    hour, minute, second = (int(part) for part in (match["time"] or "0:0:0").split(":"))
    try:
        # Go's calendar has a year 0, a leap year like 2000.
        datetime.datetime(year or 2000, month, day, hour, minute, second, tzinfo=datetime.UTC)
    except ValueError:
        return None
    fraction = (match["fraction"] or "")[:9].rstrip("0")
    clock = f"{hour:02}:{minute:02}:{second:02}" + (f".{fraction}" if fraction else "")
    return f"{year:04}-{month:02}-{day:02} {clock} {_zone(match['zone'])}"


def _zone(zone: str | None) -> str:
    if zone in (None, "Z", "+00:00", "-00:00"):
        return "+0000 UTC"
    offset = zone.replace(":", "") if zone else ""
    return f"{offset} {offset}"


def _kind(value: object, text: str) -> str:
    if value is None:
        return "null"
    kinds: list[tuple[type, str]] = [(bool, "bool"), (int, "int"), (float, "float")]
    for python_type, name in kinds:
        if isinstance(value, python_type):
            return name
    return "timestamp" if value != text else "str"
