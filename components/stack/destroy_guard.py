"""What stands in the way of a destroy of a protected stack, as whoever finds it in the cluster reads it."""

NAME = "destroy-guard"


def data(protect: bool) -> dict[str, str]:
    """Whether it holds, and why it is there."""
    return {
        "protected": str(protect).lower(),
        "why": "A destroy deletes this first. While the setting protect is true that is refused, and with it the "
        "deletion of everything else in the stack.",
    }
