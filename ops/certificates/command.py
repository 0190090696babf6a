"""``python -m ops certificates``: report on a stack's certificate authority.

Exit status: 0 nothing to do, 1 something is due or refused, 2 wrong usage.
"""

import datetime
import json
from collections.abc import Sequence
from pathlib import Path

import typer

from components.settings.loaded import Loaded
from ops import running
from ops.certificates import authority, last_up, text


def run(
    root: Path,
    loaded: Loaded,
    now: datetime.datetime,
    style: str,
    *,
    live: bool,
    kubeconfig: Path | None,
    istiods: Sequence[str],
) -> int:
    """Print the report and return its exit status.

    Args:
        root: Root of the repository.
        loaded: Settings of the stack.
        now: Time of the report.
        style: ``text`` or ``json``.
        live: Read the cluster too.
        kubeconfig: Kubeconfig for ``live``; by default the stack's own.
        istiods: Addresses of istiods for ``live``; by default the pods.
    """
    runner = running.runner(root)
    last, state = last_up.outputs(runner, loaded.stack), last_up.resources(runner, loaded.stack)
    found = authority.report(loaded, last, now, state)
    if live:
        found = authority.with_cluster(found, last, runner, kubeconfig=kubeconfig, istiods=istiods)
    if style == "json":
        typer.echo(json.dumps(text.document(found), indent=2))
    else:
        text.show(found)
    return found.status
