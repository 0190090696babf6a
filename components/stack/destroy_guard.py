"""Content of the ConfigMap that blocks the destroy of a protected stack."""

NAME = "destroy-guard"


def data(protect: bool) -> dict[str, str]:
    """Return the data of the ConfigMap: whether the stack is protected, and the purpose of the guard."""
    return {
        "protected": str(protect).lower(),
        "why": "A destroy deletes this first. While the setting protect is true that is refused, and with it the "
        "deletion of everything else in the stack.",
    }
