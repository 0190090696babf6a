"""The stack file of a new environment, from its choices and the current date."""

import datetime
import tempfile
from pathlib import Path
from typing import Any

import yaml

from components import settings
from components.settings import names
from components.settings.loaded import Loaded
from components.stack import provider_config, reading
from components.stack.reading import SettingsError
from ops.new.choices import Choices
from ops.offline import stack_file

# Nodes for the pods of each size: the minimum for the steady state, the maximum with every autoscaler at its limit
# (``components.capacity.report`` calculates both, and tests compare these numbers with it). The size small has the
# defaults.
NODES: dict[settings.Size, dict[str, Any]] = {
    "medium": {"instanceTypes": ["m6i.xlarge"], "min": 3, "max": 6},
    "large": {"instanceTypes": ["m6i.2xlarge"], "min": 3, "max": 8},
    "xlarge": {"instanceTypes": ["m6i.4xlarge"], "min": 3, "max": 8},
}


class NotWrittenError(Exception):
    """No file was written; the text gives the reason and the remedy."""


def text(stack: str, choices: Choices, day: datetime.date) -> str:
    """Return the stack file."""
    small = choices.size == "small"
    generation = {"generations": [{"number": 1, "issued": str(day)}], "signing": 1}
    network = {"zones": list(choices.all_zones), **({} if small else {"nat": "per-zone"})}
    endpoint = {"public": True, "publicCidrs": list(choices.api_cidrs)} if choices.api_cidrs else {"public": False}
    nodes = {} if small else {"nodes": {"system": NODES.get(choices.size), "apps": NODES.get(choices.size)}}
    mesh = {"size": choices.size, "certificates": {"root": generation, "intermediate": generation}}
    sections = [
        ("", provider_config.REGION, choices.region),
        ("Zones are permanent: EKS adds no zone to an existing cluster.", "network", network),
        (
            "Who can reach the Kubernetes API from the internet; the VPC always can.",
            "cluster",
            {"endpoint": endpoint, **nodes},
        ),
        ("The first `up` creates the certificates. If it runs on a later day, set `issued` to that day.", "mesh", mesh),
        (
            "namespace/host: the namespace that may route a host, here Bookinfo.",
            "gateways",
            {"public": {"hosts": [_host(choices)]}},
        ),
    ]
    head = f"# Written by `python -m ops new {stack}` on {day}. docs/settings.md lists all settings.\nconfig:\n"
    return head + "".join(_section(*section) for section in sections)


def checked(stack: str, choices: Choices, day: datetime.date) -> Loaded:
    """Return the settings of the file with these choices.

    Raises:
        SettingsError: The settings are not valid.
    """
    with tempfile.TemporaryDirectory(prefix="ops-new-") as folder:
        path = stack_file.path_of(Path(folder), stack)
        path.write_text(text(stack, choices, day), encoding="utf-8")
        file = stack_file.read(path)
    return reading.load(file.values, stack=stack, today=day, source=path.name)


def refused(error: SettingsError) -> NotWrittenError:
    """Return the problems of a file that was not written."""
    return NotWrittenError(str(error).replace("nothing was created", "it was not written"))


def _host(choices: Choices) -> str:
    return f"{names.BOOKINFO}/{choices.host or '*'}"


def _section(comment: str, key: str, value: Any) -> str:
    full = key if ":" in key else f"{names.PROJECT}:{key}"
    lines = yaml.dump({full: value}, Dumper=_Dumper, sort_keys=False, width=200).splitlines()
    return "".join(f"  {line}\n" for line in [*([f"# {comment}"] if comment else []), *lines])


class _Dumper(yaml.SafeDumper):
    """Writes no YAML aliases, and lists on one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_list(self, data: Any) -> yaml.SequenceNode:
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


_Dumper.add_representer(list, _Dumper.represent_list)
