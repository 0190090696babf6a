"""The committed stack files, and what a test takes of them: their days may change, and no test with them."""

import datetime
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A while before ``days.TODAY``.
ISSUED = datetime.date(2026, 11, 1)
# In YAML and in JSON.
_ISSUED = re.compile(r'(\bissued"?: *)"(\d{4}-\d{2}-\d{2})"')


def committed(stack: str) -> Path:
    """Return the path of a committed stack file."""
    return ROOT / f"Pulumi.{stack}.yaml"


def tracked() -> list[str]:
    """Return the stacks whose files are in git: one that somebody is trying out is in no pipeline yet."""
    listed = subprocess.run(["git", "ls-files", "Pulumi.*.yaml"], cwd=ROOT, check=True, capture_output=True, text=True)
    return sorted(Path(line).name.removeprefix("Pulumi.").removesuffix(".yaml") for line in listed.stdout.splitlines())


def dated(text: str) -> str:
    """Return settings whose certificates are all made on ``ISSUED``."""
    return _ISSUED.sub(rf'\1"{ISSUED}"', text)


def copied(stack: str, folder: Path) -> Path:
    """Copy a committed stack file, with ``ISSUED`` as its day."""
    copy = folder / committed(stack).name
    copy.write_text(dated(committed(stack).read_text()))
    return copy


def newest_day(stack: str) -> datetime.date:
    """Return the first day on which a committed stack file is accepted."""
    return max(datetime.date.fromisoformat(day) for _, day in _ISSUED.findall(committed(stack).read_text()))
