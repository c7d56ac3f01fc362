"""The folder of one run: what is on disk at any moment can be read, even after the machine died.

Trace lines are flushed one by one, ``result.json`` is replaced as a whole; pages are written at the end. How results
and pages come about is not known here.

    OUT/2027-01-14T09-12-31Z/   result.json  run.toml  ca.pem  traces/<scenario>.jsonl  output/<scenario>.log
                                summary.md  report.html
    OUT/latest                  a link to the newest
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from mockpilot.errors import UsageError
from mockpilot.history.events import Event
from mockpilot.history.recorder import History, Recorder
from mockpilot.history.trace import from_lines, to_line
from mockpilot.results import RunResult, decode_result

RESULT, PROFILE, ANCHOR = "result.json", "run.toml", "ca.pem"
SUMMARY, PAGE = "summary.md", "report.html"
TRACES = "traces"
OUTPUT = "output"


class RunFolder:
    """One run's folder on disk; ``start`` makes it, and nothing else does."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def start(cls, out: Path, wall: datetime) -> RunFolder:
        """Make the folder of a run that begins now, and point ``latest`` to it.

        Args:
            out: the folder of all runs; made if it is missing.
            wall: the wall clock.

        Raises:
            UsageError: the folder cannot be made.
        """
        name = wall.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        try:
            out.mkdir(parents=True, exist_ok=True)
            folder = cls(_free(out, name))
            (folder.path / TRACES).mkdir()
            _point(out / "latest", folder.path.name)
        except OSError as error:
            raise UsageError(f"--out {out}: a folder that can be written is expected: {error}") from error
        return folder

    @property
    def anchor(self) -> Path:
        """Where the trust anchor lies that the product is handed."""
        return self.path / ANCHOR

    def trace_name(self, scenario: str) -> str:
        """Path of a scenario's trace, from this folder."""
        return f"{TRACES}/{scenario}.jsonl"

    def trace(self, scenario: str, recorder: Recorder) -> TraceFile:
        """Write a scenario's recording down as it grows; whoever opens it closes it."""
        return TraceFile(self.path / self.trace_name(scenario), recorder)

    def keep_output(self, scenario: str, text: str) -> None:
        """Keep what the product wrote during a scenario; secrets are masked by whoever brings it."""
        folder = self.path / OUTPUT
        folder.mkdir(exist_ok=True)
        (folder / f"{scenario}.log").write_text(text, encoding="utf-8")

    def write_result(self, data: bytes) -> None:
        """Replace ``result.json``."""
        self._replace(RESULT, data)

    def write_profile(self, toml: str) -> None:
        """Write what the run goes by."""
        self._replace(PROFILE, toml.encode())

    def write_anchor(self, pem: bytes) -> None:
        """Write the trust anchor."""
        self._replace(ANCHOR, pem)

    def write_pages(self, summary: str, page: str) -> None:
        """Write the summary and the report."""
        self._replace(SUMMARY, summary.encode())
        self._replace(PAGE, page.encode())

    def result(self) -> RunResult:
        """Read ``result.json``.

        Raises:
            MockpilotError: it is missing, or is none.
        """
        path = self.path / RESULT
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: the result of a run is expected: {error.strerror}") from error
        return decode_result(data, str(path))

    def profile(self) -> str:
        """What the run went by; empty if that was lost."""
        path = self.path / PROFILE
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def histories(self, result: RunResult) -> dict[str, History]:
        """Read the recordings that a result names, as far as they are there."""
        paths = {one.name: self.path / one.trace for one in result.scenarios if one.trace}
        return {name: from_lines(path.read_bytes(), str(path)) for name, path in paths.items() if path.is_file()}

    def _replace(self, name: str, data: bytes) -> None:
        # A reader sees the old file or the new one, whole; the new one is on disk before it gets the name.
        draft = self.path / f".{name}.new"
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / name)


class TraceFile:
    """Writes each event as a line, and flushes it."""

    def __init__(self, path: Path, recorder: Recorder) -> None:
        self.path = path
        self._file = path.open("wb")
        for event in recorder.history:
            self._write(event)
        self._unsubscribe: Callable[[], None] | None = recorder.subscribe(self._write)

    def close(self) -> None:
        """Stop writing; closing twice is harmless."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, event: Event) -> None:
        self._file.write(to_line(event))
        self._file.flush()


def _free(out: Path, name: str) -> Path:
    number = 1
    while True:
        path = out / (name if number == 1 else f"{name}-{number}")
        with suppress(FileExistsError):
            path.mkdir()  # the making is the test, so two runs at once cannot share a folder
            return path
        number += 1


def _point(link: Path, target: str) -> None:
    draft = link.with_name(f".{target}.latest")
    draft.symlink_to(target, target_is_directory=True)
    draft.replace(link)
