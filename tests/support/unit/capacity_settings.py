"""Settings of a small stack for what is said of its nodes, pods and cost."""

import json
from typing import Any

from components.capacity import instance_types
from components.capacity import pods as pod_requests
from components.settings import Settings
from components.settings.problems import Problem
from components.settings.registry import Context
from components.stack import rules
from tests.support.days import TODAY

REGION = "us-east-1"
GENERATION = {"generations": [{"number": 1, "issued": "2026-01-01"}], "signing": 1}
PLAIN: dict[str, Any] = {
    "network": {"zones": ["us-east-1a", "us-east-1b"]},
    "mesh": {"certificates": {"root": GENERATION, "intermediate": GENERATION}},
    "gateways": {"public": {"hosts": ["bookinfo/www.example.org"]}},
}


def stack(**changes: Any) -> Settings:
    found: dict[str, Any] = {**PLAIN, **changes}
    found["mesh"] = {**PLAIN["mesh"], **changes.get("mesh", {})}
    return Settings.model_validate_json(json.dumps(found))


def nodes(system: dict[str, Any] | None = None, apps: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"nodes": {"system": system or {}, "apps": apps or {}}}


def known(name: str) -> instance_types.InstanceType:
    found = instance_types.find(name)
    assert found is not None
    return found


def pods(settings: Settings, name: str) -> pod_requests.Pods:
    return next(each for each in pod_requests.system(settings, REGION) if each.name.startswith(name))


def refusals(settings: Settings) -> list[Problem]:
    return rules.problems(Context(settings=settings, region=REGION, today=TODAY), subjects={"capacity"})


def istiod(values: dict[str, Any]) -> dict[str, Any]:
    return {"mesh": {"values": {"istiod": values}}}


def gateway(values: dict[str, Any]) -> dict[str, Any]:
    return {"gateways": {"public": {"hosts": ["bookinfo/www.example.org"], "values": values}}}


def addon(name: str, configuration: dict[str, Any]) -> dict[str, Any]:
    return {"cluster": {"addons": {name: {"configuration": configuration}}}}
