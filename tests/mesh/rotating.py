"""A mesh whose certificate authority changes while it is used."""

import datetime
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import machine, mesh
from local.mesh import Mesh
from tests.mesh import meshes

SETTINGS = {
    "mesh": {
        "values": {
            "istiod": {
                "meshConfig": {
                    "defaultConfig": {
                        "proxyMetadata": {"SECRET_TTL": "40s"},
                        "proxyStatsMatcher": {"inclusionRegexps": [".*ssl.*"]},
                    }
                }
            }
        }
    }
}


@contextmanager
def world() -> Iterator[Mesh]:
    folder = Path(tempfile.mkdtemp(prefix="mesh-rotating-", dir=machine.scratch()))
    try:
        with mesh.mesh("dev", folder, today=datetime.date.today()) as made:
            made.world.session.change(SETTINGS)
            made.world.session.up()
            yield made
    except BaseException:
        meshes.keep_logs("rotating", folder)
        raise
