"""Diff of a stack file, for a stack that one revision cannot plan."""

import difflib
import re
from pathlib import Path

from ops.diff.revisions import Revision

_CIPHERTEXT = re.compile(r"(secure|encryptionsalt|encryptedkey)(\s*:\s*)\S[^,}\n]*")


def lines(stack: str, base: Revision, head: Revision) -> tuple[str, ...]:
    """Return a unified diff of both files, without ciphertexts."""
    name = f"Pulumi.{stack}.yaml"
    before, after = (_text(each.folder / name) for each in (base, head))
    return tuple(difflib.unified_diff(before, after, f"base/{name}", f"head/{name}", lineterm=""))


def _text(path: Path) -> list[str]:
    if not path.is_file():
        return []
    return _CIPHERTEXT.sub(r"\1\2[secret]", path.read_text(errors="replace")).splitlines()
