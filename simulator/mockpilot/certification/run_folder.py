"""The folder of one run: what is on disk at any moment can be read, even after the machine died.

Trace lines are flushed one by one, ``result.json`` is replaced as a whole; pages are written at the end. How results
and pages come about is not known here.

    OUT/2027-01-14T09-12-31Z/   result.json  run.toml  ca.pem  traces/<scenario>.jsonl  output/<scenario>.log
                                summary.md  junit.xml  report.html  digests.txt
    OUT/latest                  a link to the newest
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from mockpilot.errors import StorageError, UsageError
from mockpilot.history.events import Event
from mockpilot.history.recorder import History, Recorder
from mockpilot.history.trace import from_lines, to_line
from mockpilot.results import RunResult, decode_result

RESULT, PROFILE, ANCHOR = "result.json", "run.toml", "ca.pem"
SUMMARY, JUNIT, PAGE, DIGESTS = "summary.md", "junit.xml", "report.html", "digests.txt"
TRACES = "traces"
LATEST = "latest"
OUTPUT = "output"


class RunFolder:
    """One run's folder on disk; ``start`` makes it, and nothing else does."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def start(cls, out: Path, wall: datetime) -> RunFolder:
        """Make the folder of a run that begins now; ``publish`` points ``latest`` to it once it has a result.

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
        except OSError as error:
            raise UsageError(f"--out {out}: a folder that can be written is expected: {error}") from error
        return folder

    def publish(self) -> None:
        """Point ``latest`` to this folder."""
        with self._storing(self.path.parent / LATEST):
            _point(self.path.parent / LATEST, self.path.name)

    @property
    def anchor(self) -> Path:
        """Where the trust anchor lies that the product is handed."""
        return self.path / ANCHOR

    def trace_name(self, scenario: str) -> str:
        """Path of a scenario's trace, from this folder."""
        return f"{TRACES}/{scenario}.jsonl"

    def trace(
        self, scenario: str, recorder: Recorder, on_trouble: Callable[[StorageError], None] = lambda _error: None
    ) -> TraceFile:
        """Write a scenario's recording down as it grows; whoever opens it closes it.

        Args:
            scenario: its name.
            recorder: tells the events.
            on_trouble: told once, when nothing can be written any more.

        Raises:
            StorageError: the file cannot be made.
        """
        path = self.path / self.trace_name(scenario)
        with self._storing(path):
            return TraceFile(path, recorder, lambda error: on_trouble(StorageError(path, self.path, _said(error))))

    def keep_output(self, scenario: str, text: str) -> None:
        """Keep what the product wrote during a scenario; secrets are masked by whoever brings it."""
        folder = self.path / OUTPUT
        with self._storing(folder / f"{scenario}.log"):
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

    def write_page(self, name: str, text: str) -> None:
        """Replace a page, or any other file that is made of the rest."""
        self._replace(name, text.encode())

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
        names = [one.name for one in result.scenarios if one.trace]
        return {name: history for name in names if (history := self.history(name)) is not None}

    def recorded(self) -> list[str]:
        """Scenarios of which there is a trace, begun or finished."""
        return sorted(path.stem for path in (self.path / TRACES).glob("*.jsonl"))

    def history(self, scenario: str) -> History | None:
        """Read a recording; None if it is not there, or if its writer died before its first line.

        Raises:
            MockpilotError: names the line that cannot be read.
        """
        path = self.path / self.trace_name(scenario)
        data = path.read_bytes() if path.is_file() else b""
        return from_lines(data, str(path)) if b"\n" in data else None

    def _replace(self, name: str, data: bytes) -> None:
        # A reader sees the old file or the new one, whole; the new one is on disk before it gets the name.
        draft = self.path / f".{name}.new"
        with self._storing(self.path / name):
            try:
                with draft.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self.path / name)
            except OSError:
                draft.unlink(missing_ok=True)
                raise

    @contextmanager
    def _storing(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageError(path, self.path, _said(error)) from error


class TraceFile:
    """Writes each event as a line, at once; where that fails it stops, since a gap in a recording would be a lie."""

    def __init__(
        self, path: Path, recorder: Recorder, on_trouble: Callable[[OSError], None] = lambda _error: None
    ) -> None:
        self.path = path
        self._on_trouble = on_trouble
        self._broken = False
        self._file = path.open("wb", buffering=0)
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
        if self._broken:
            return
        line = memoryview(to_line(event))
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            self._broken = True
            self._on_trouble(error)


def _said(error: OSError) -> str:
    return error.strerror or str(error)


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
