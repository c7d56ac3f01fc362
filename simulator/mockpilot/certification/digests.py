"""Digests of a run folder: what ``sha256sum --check digests.txt`` reads, made when a run ends and compared later.

They show that a file changed, not who changed it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from mockpilot.certification.run_folder import DIGESTS
from mockpilot.errors import MockpilotError

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def digests_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a folder but the digests themselves, by its path from there."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: _digest(path) for name, path in names.items() if name != DIGESTS}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_lines(digests: Mapping[str, str]) -> str:
    """The text of ``digests.txt``."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def read_digests(folder: Path) -> dict[str, str] | None:
    """What ``digests.txt`` says; None if there is none, as in a run that did not end by itself.

    Raises:
        MockpilotError: names the line that is none of a digest.
    """
    path = folder / DIGESTS
    if not path.is_file():
        return None
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise MockpilotError(f"{path}: line {number}: 64 hexadecimal digits and a file name are expected")
        found[match[2]] = match[1]
    return found
