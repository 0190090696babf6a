"""Where images come from, by setting."""

from collections.abc import Iterator

from .workloads import Images


def hubs(images: Images) -> Iterator[tuple[str, str]]:
    """Every hub of the settings with its key."""
    yield "images.istio", images.istio
    yield "images.bookinfo", images.bookinfo
