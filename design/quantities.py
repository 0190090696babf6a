"""Kubernetes quantities as numbers: CPU in millicores, memory in MiB."""

import math

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
    return math.ceil(float(text[:-1])) if text.endswith("m") else math.ceil(round(float(text) * 1000, 6))


def mebibytes(quantity: str | int | float) -> int:
    """``2Gi`` is 2048; what is left of a MiB counts whole."""
    text = str(quantity)
    suffix = next(each for each in _SUFFIXES if text.endswith(each))
    return math.ceil(float(text.removesuffix(suffix)) * _SUFFIXES[suffix] / 2**20)
