"""Kubernetes quantities as numbers: CPU in millicores, memory in MiB. Both raise NotANumber for anything else."""

import math
import re


class NotANumber(ValueError):
    """Something that settings hand to a chart, where Kubernetes wants a quantity or a count."""


_SUFFIXES = {
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "": 1,
}


def millicores(quantity: str | int | float) -> int:
    """``100m`` and ``0.1`` are 100; what is left of a millicore counts whole, as in Kubernetes."""
    text = str(quantity)
    if text.endswith("m"):
        return math.ceil(_number(text[:-1], text))
    return math.ceil(round(_number(text, text) * 1000, 6))


def mebibytes(quantity: str | int | float) -> int:
    """``2Gi`` is 2048; what is left of a MiB counts whole."""
    text = str(quantity)
    suffix = next(each for each in _SUFFIXES if text.endswith(each))
    return math.ceil(_number(text.removesuffix(suffix), text) * _SUFFIXES[suffix] / 2**20)


def _number(digits: str, text: str) -> float:
    if not re.fullmatch(r"\d+(\.\d*)?([eE]\d+)?", digits):
        raise NotANumber(f"{text!r} is no Kubernetes quantity")
    return float(digits)


def count(value: object, absent: int) -> int:
    """A number of pods; ``absent`` where nothing is said."""
    if value is None:
        return absent
    if not str(value).isdecimal():
        raise NotANumber(f"{value!r} is no number of pods")
    return int(str(value))
