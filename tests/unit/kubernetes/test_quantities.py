"""Quantities as Kubernetes writes them."""

import pytest

from components.kubernetes import quantities


@pytest.mark.parametrize(
    ("quantity", "cpu"), [("100m", 100), ("1", 1000), ("0.5", 500), (2, 2000), (0.1, 100), ("1.5m", 2)]
)
def test_cpu_is_counted_in_millicores(quantity: str, cpu: int) -> None:
    assert quantities.millicores(quantity) == cpu


@pytest.mark.parametrize(
    ("quantity", "memory"), [("2Gi", 2048), ("96Mi", 96), ("1G", 954), (1048576, 1), ("1", 1), ("512Ki", 1)]
)
def test_memory_is_counted_in_mib(quantity: str, memory: int) -> None:
    assert quantities.mebibytes(quantity) == memory
