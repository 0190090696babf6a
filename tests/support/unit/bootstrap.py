"""examples/bootstrap as its tests run it: settings of an account that somebody owns, and the program under mocks."""

import json
import sys
from functools import cache
from typing import Any

import yaml

from examples.bootstrap.ci import settings as bootstrap_settings
from examples.bootstrap.ci.settings import Settings
from ops.offline import document, recorder, stack_file
from tests.support.stack_files import ROOT
from tests.support.unit import harness
from tests.support.unit.recorded import Stack

FOLDER = ROOT / "examples" / "bootstrap"
ACCOUNT, REGION = "123456789012", "us-west-2"
REPOSITORY = {"name": "acme/mesh", "id": 456789, "ownerId": 123456}
PLATFORM = f"arn:aws:iam::{ACCOUNT}:role/platform"
STACK_FILE = FOLDER / "Pulumi.bootstrap.yaml"


def config(**changes: Any) -> dict[str, str]:
    """What the engine hands out; ``changes`` by own key, None for a key that is left out."""
    own: dict[str, Any] = {"repository": REPOSITORY, "platformTeam": [PLATFORM], **changes}
    found = {f"{bootstrap_settings.PROJECT}:{key}": text(value) for key, value in own.items() if value is not None}
    return {"aws:region": REGION, "aws:allowedAccountIds": json.dumps([ACCOUNT]), **found}


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def settings(**changes: Any) -> Settings:
    return bootstrap_settings.load(config(**changes), STACK_FILE.name)


def committed() -> dict[str, str]:
    """Raw config of the stack file that is in the repository."""
    return dict(stack_file.read(STACK_FILE).values)


def preview(raw: dict[str, str]) -> Stack:
    """The program as a first preview sees it. The engine puts the program's folder on the path; ``runpy`` does not."""
    sys.path.insert(0, str(FOLDER))
    try:
        return Stack(document.build(recorder.record(FOLDER, "bootstrap", raw)))
    finally:
        sys.path.remove(str(FOLDER))
        for name in [each for each in sys.modules if each == "ci" or each.startswith("ci.")]:
            del sys.modules[name]


@cache
def platform(stack: str) -> Stack:
    """The stack that the pipelines bring up; nobody changes it."""
    return harness.preview(stack)


def manifests() -> list[dict[str, Any]]:
    """What an administrator applies in a cluster."""
    return list(yaml.safe_load_all((FOLDER / "cluster-access.yaml").read_text()))
