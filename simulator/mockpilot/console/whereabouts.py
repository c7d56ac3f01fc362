"""Where running consoles are found: a file for each in the user's runtime folder, which nobody else can read.

``serve --console`` writes it and removes it at its end; ``ctl`` reads. What a killed one left behind is known by its
process, which is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from mockpilot.errors import UsageError


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One running console."""

    address: str
    """Its URL, without a key."""
    key: str
    process: int
    title: str = ""
    """What it serves, for whoever has to choose."""
    ca_file: str = ""
    """What its certificate can be checked by; empty where it has none."""


def folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's own runtime folder."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "mockpilot"
    return Path(tempfile.gettempdir()) / f"mockpilot-{os.getuid()}"


@contextlib.contextmanager
def announced(where: Whereabouts, place: Path | None = None) -> Iterator[Path]:
    """Leave word of a console as long as the block lasts.

    Raises:
        UsageError: the folder is not the user's own, or cannot be written.
    """
    place = place or folder()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_own(place)
        file = place / f"console-{where.process}.json"
        file.unlink(missing_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:  # noqa: PTH123 - the mode has to be right from the start
            json.dump(asdict(where), out)
    except OSError as error:
        raise UsageError(f"{place}: a folder that can be written is expected: {error.strerror}") from error
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def _check_own(place: Path) -> None:
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise UsageError(f"{place}: a folder that only you can open is expected, since keys lie there; "
                         "remove it or set XDG_RUNTIME_DIR")  # fmt: skip


def running(place: Path | None = None) -> list[Whereabouts]:
    """All consoles that run, the oldest process first."""
    found = [_read(file) for file in sorted((place or folder()).glob("console-*.json"))]
    return sorted((one for one in found if one is not None and _lives(one.process)), key=lambda one: one.process)


def _read(file: Path) -> Whereabouts | None:
    try:
        if file.lstat().st_uid != os.getuid():
            return None
        return Whereabouts(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
