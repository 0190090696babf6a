"""Settings of a mesh: those that every mesh must have, and the keys a test is about."""

import json
from typing import Any

from components.settings import Mesh

GENERATIONS = {"generations": [{"number": 1, "issued": "2026-11-01"}], "signing": 1}


def mesh(**changes: Any) -> Mesh:
    """A mesh with the given keys of the stack file."""
    certificates = {"root": GENERATIONS, "intermediate": GENERATIONS}
    return Mesh.model_validate_json(json.dumps({"certificates": certificates, **changes}))
