"""RUN on the command line: a run folder, or a ZIP file of one as it comes by mail."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mockpilot.errors import UsageError

if TYPE_CHECKING:
    from mockpilot.certification.run_folder import RunFolder

MOST_BYTES = 4_000_000_000
"""Unpacked; what says that it holds more is no run."""


@contextmanager
def opened(run: Path) -> Iterator[RunFolder]:
    """Open a run; what was unpacked is gone afterwards.

    Raises:
        UsageError: there is no run.
    """
    from mockpilot.certification.run_folder import RESULT, RunFolder

    if run.is_dir():
        if not (run / RESULT).is_file():
            raise UsageError(f"{run}: a run folder with {RESULT} is expected; 'mockpilot certify' writes one")
        yield RunFolder(run)
        return
    if not zipfile.is_zipfile(run):
        raise UsageError(f"{run}: a run folder, or a ZIP file of one, is expected")
    with tempfile.TemporaryDirectory(prefix="mockpilot-") as unpacked:
        yield RunFolder(_unpacked(run, Path(unpacked), RESULT))


def _unpacked(file: Path, into: Path, result: str) -> Path:
    with zipfile.ZipFile(file) as archive:
        if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
            raise UsageError(f"{file}: more than {MOST_BYTES // 10**9} GB unpacked; no run is that big")
        archive.extractall(into)  # leaves out what would lead out of the folder
    found = sorted(into.rglob(result), key=lambda path: len(path.parts))
    if not found:
        raise UsageError(f"{file}: a ZIP file with {result} of a run is expected")
    return found[0].parent
