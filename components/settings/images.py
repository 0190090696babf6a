"""Hubs of the images, by setting."""

from collections.abc import Iterator

from .workloads import Images


def hubs(images: Images) -> Iterator[tuple[str, str]]:
    """Yield the key and the hub of every setting in ``images``."""
    yield "images.istio", images.istio
    yield "images.bookinfo", images.bookinfo
