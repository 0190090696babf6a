"""Kubernetes quantities as numbers: CPU in millicores, memory in MiB. All raise NotANumber for anything else."""

import math
import re

Path = tuple[str | int, ...]

MIB = 2**20


class NotANumber(ValueError):
    """Something that settings hand to a chart, where Kubernetes wants a quantity or a count.

    path: where it stands in the settings; empty where nobody said.
    """

    def __init__(self, value: object, path: Path = ()) -> None:
        super().__init__(f"{value!r} is no quantity")
        self.value = value
        self.path = path


_SUFFIXES = {
    "Ki": 2**10,
    "Mi": MIB,
    "Gi": 2**30,
    "Ti": 2**40,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "": 1,
}
# No more digits than any cluster has pods: beyond, Python itself refuses a text as a number.
_COUNT = re.compile(r"[0-9]{1,10}")


def millicores(quantity: object) -> int:
    """``100m`` and ``0.1`` are 100; what is left of a millicore counts whole, as in Kubernetes."""
    text = str(quantity)
    if text.endswith("m"):
        return math.ceil(_number(text[:-1], quantity))
    return math.ceil(round(_number(text, quantity) * 1000, 6))


def mebibytes(quantity: object) -> int:
    """``2Gi`` is 2048; what is left of a MiB counts whole."""
    text = str(quantity)
    suffix = next(each for each in _SUFFIXES if text.endswith(each))
    return math.ceil(_number(text.removesuffix(suffix), quantity) * _SUFFIXES[suffix] / MIB)


def _number(digits: str, quantity: object) -> float:
    # Two digits of exponent: the largest quantity of Kubernetes is 2**63 - 1.
    if not re.fullmatch(r"\d{1,30}(\.\d*)?([eE]\d{1,2})?", digits):
        raise NotANumber(quantity)
    return float(digits)


def count(value: object, absent: int) -> int:
    """A number of pods; ``absent`` where nothing is said."""
    if value is None:
        return absent
    if not _COUNT.fullmatch(str(value)):
        raise NotANumber(value)
    return int(str(value))
