"""Kubernetes quantities as numbers: CPU in millicores, memory in MiB; anything else raises NotANumberError."""

import math
import re

Path = tuple[str | int, ...]

MIB = 2**20


class NotANumberError(ValueError):
    """A value for a chart is neither a quantity nor a count, where Kubernetes requires one."""

    def __init__(self, value: object, path: Path = ()) -> None:
        super().__init__(f"{value!r} is not a quantity")
        self.value = value
        """The value."""
        self.path = path
        """Path of the value in the settings; empty if unknown."""


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
# Enough digits for the pods of any cluster: Python itself rejects very long texts as numbers.
_COUNT = re.compile(r"[0-9]{1,10}")


def millicores(quantity: object) -> int:
    """Return millicores, rounded up as in Kubernetes: 100 for ``100m`` and ``0.1``."""
    text = str(quantity)
    if text.endswith("m"):
        return math.ceil(_number(text[:-1], quantity))
    return math.ceil(round(_number(text, quantity) * 1000, 6))


def mebibytes(quantity: object) -> int:
    """Return MiB, rounded up: 2048 for ``2Gi``."""
    text = str(quantity)
    suffix = next(each for each in _SUFFIXES if text.endswith(each))
    return math.ceil(_number(text.removesuffix(suffix), quantity) * _SUFFIXES[suffix] / MIB)


def _number(digits: str, quantity: object) -> float:
    # At most two digits of exponent: the largest quantity of Kubernetes is 2**63 - 1.
    if not re.fullmatch(r"\d{1,30}(\.\d*)?([eE]\d{1,2})?", digits):
        raise NotANumberError(quantity)
    return float(digits)


def count(value: object, absent: int) -> int:
    """Return a number of pods; ``absent`` if the value is None."""
    if value is None:
        return absent
    if not _COUNT.fullmatch(str(value)):
        raise NotANumberError(value)
    return int(str(value))
