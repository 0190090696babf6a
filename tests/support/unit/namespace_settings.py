"""Settings of namespaces of app teams."""

import json
from typing import Any

from components.settings import Namespace, Settings
from tests.support.unit.mesh_settings import mesh

ANA = "arn:aws:iam::123456789012:role/teams/ana"
BEN = "arn:aws:iam::123456789012:role/ben"


def namespace(name: str, **changes: Any) -> Namespace:
    """A namespace with the given keys of the stack file."""
    return Namespace.model_validate_json(json.dumps({"name": name, **changes}))


def stack(*listed: Namespace, **changes: Any) -> Settings:
    """Settings with these namespaces."""
    return Settings(mesh=mesh(), namespaces=listed, **changes)
