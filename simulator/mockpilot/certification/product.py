"""The product under test as a process of ours: its environment, its start, its output, its end.

COMMAND runs without a shell in a process group of its own; what it writes goes to a file. It is ended with SIGTERM and,
five seconds later, SIGKILL, together with its children.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import trio

from mockpilot.certification.command import PLACEHOLDERS
from mockpilot.errors import UsageError
from mockpilot.history.events import ProductExited, ProductStarted
from mockpilot.history.recorder import Recorder
from mockpilot.protocol.handshake import MASK, mask_secret

END_WITHIN_S = 5.0
"""Between SIGTERM and SIGKILL."""
KILLED_WITHIN_S = 10.0
"""Even SIGKILL has to wait for a disk that does not answer; we don't."""
LOOK_AGAIN_S = 0.02
_NOTHING = 0
"""The signal that only asks whether anybody is there."""
LAST_LINES = 50
LAST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a product is told; the same for COMMAND and for the command that provokes it."""

    url: str
    ca_file: Path
    user: str
    password: str = field(repr=False)
    presystem_id: str
    kind: str
    dialect: str
    subprotocol: str
    push_interval_s: float
    slot: int = 0
    scenario: str | None = None
    work_dir: Path | None = None

    def environment(self) -> dict[str, str]:
        """Our own environment, plus what the product needs to know."""
        told = {
            "URL": self.url, "CA_FILE": str(self.ca_file), "USER": self.user, "PASSWORD": self.password,
            "PRESYSTEM_ID": self.presystem_id, "PRESYSTEM_KIND": self.kind, "DIALECT": self.dialect,
            "SUBPROTOCOL": self.subprotocol, "PUSH_INTERVAL_S": f"{self.push_interval_s:g}", "SLOT": str(self.slot),
        }  # fmt: skip
        if self.scenario is not None:
            told["SCENARIO"] = self.scenario
        if self.work_dir is not None:
            told["WORK_DIR"] = str(self.work_dir)
        inherited = {name: value for name, value in os.environ.items() if name != "MOCKPILOT_SCENARIO"}
        return inherited | {f"MOCKPILOT_{name}": value for name, value in told.items()}

    def mask(self, output: bytes) -> str:
        """What a product wrote, as text, with the password hidden."""
        text = self.hide(output.decode(errors="replace"))
        # A short password is hidden where it stands alone; within a word it would be found in any log.
        text = re.sub(rf"(?<!\w){re.escape(self.password)}(?!\w)", MASK, text)
        return text.replace(b64encode(f"{self.user}:{self.password}".encode()).decode(), MASK)

    def hide(self, text: str) -> str:
        """A text of which only a product can have put the password into it, with that hidden."""
        escaped = json.dumps(self.password)[1:-1]  # as JSON may spell what is not ASCII
        return mask_secret(mask_secret(text, self.password), escaped)

    def fill_in(self, words: Sequence[str]) -> list[str]:
        """Replace the names in braces that we know; other braces stay."""
        filled = list(words)
        for name in PLACEHOLDERS:
            filled = [word.replace(f"{{{name}}}", str(getattr(self, name))) for word in filled]
        return filled


class Product:
    """COMMAND while it runs; ``start`` it in a nursery and ``stop`` it before that ends.

    Args:
        command: as the user wrote it.
        surroundings: what it is told.
        output: the file for what it writes.
        recorder: told of its start and end.
    """

    def __init__(
        self, command: Sequence[str], surroundings: Surroundings, output: Path, recorder: Recorder, *, stdin: bool
    ) -> None:
        self._command, self._surroundings, self._output = tuple(command), surroundings, output
        self.recorder = recorder
        self._wants_stdin = stdin
        self._process: trio.Process | None = None
        self._ended_by_us = False
        self._starting = trio.Lock()
        self.gone = trio.Event()

    async def start(self, nursery: trio.Nursery) -> None:
        """Start COMMAND and watch it, unless it was ended for good.

        Raises:
            UsageError: it cannot be started.
        """
        async with self._starting:
            if self._ended_by_us:
                return
            if self._process is not None:
                self._signal(signal.SIGKILL)  # what the last one left behind
            self.recorder.record(ProductStarted(command=self._command))
            self.gone = trio.Event()
            self._process = await self._open()
        nursery.start_soon(self._watch, self._process)

    async def _open(self) -> trio.Process:
        with self._output.open("ab") as output:
            try:
                return await trio.lowlevel.open_process(
                    self._surroundings.fill_in(self._command),
                    stdin=subprocess.PIPE if self._wants_stdin else subprocess.DEVNULL,
                    stdout=output.fileno(), stderr=subprocess.STDOUT,
                    env=self._surroundings.environment(), start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise UsageError(f"COMMAND: {self._command[0]!r} cannot be started: {error.strerror}") from error

    async def _watch(self, process: trio.Process) -> None:
        self._note_exit(await process.wait())

    def _note_exit(self, status: int) -> None:
        # Both the watch and the end wait for the process, since either may be cancelled before it is gone.
        if self.gone.is_set():
            return
        self.recorder.record(ProductExited(status=status, by_us=self._ended_by_us, output=self.last_lines()))
        self.gone.set()

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and not self.gone.is_set()

    def last_lines(self) -> tuple[str, ...]:
        """The last lines that it wrote, secrets masked."""
        with self._output.open("rb") as output:
            output.seek(max(0, output.seek(0, os.SEEK_END) - LAST_BYTES))
            text = self._surroundings.mask(output.read())
        return tuple(text.splitlines()[-LAST_LINES:])

    async def write_line(self, line: str) -> str | None:
        """Write to its standard input; answers what went wrong, or None."""
        if self._process is None or self._process.stdin is None or not self.is_running:
            return "COMMAND is not running"
        try:
            await self._process.stdin.send_all(line.encode() + b"\n")
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return "COMMAND closed its standard input"
        return None

    async def stop(self) -> None:
        """End it, and its children, for good; not interrupted by anybody."""
        self._ended_by_us = True
        with trio.CancelScope(shield=True):
            async with self._starting:  # or one that is just being started would live on
                if self._process is not None:
                    await self._end(self._process)

    async def _end(self, process: trio.Process) -> None:
        self._signal(signal.SIGTERM)
        with trio.move_on_after(END_WITHIN_S):
            self._note_exit(await process.wait())
            # A shell is gone before what it started has saved its things; nobody tells when the group is empty.
            while self._signal(_NOTHING):  # noqa: ASYNC110
                await trio.sleep(LOOK_AGAIN_S)
        self._signal(signal.SIGKILL)
        with trio.move_on_after(KILLED_WITHIN_S):
            self._note_exit(await process.wait())
        if process.stdin is not None:
            await process.stdin.aclose()

    def _signal(self, number: int) -> bool:
        """Signal the whole group; answers whether any of it is left."""
        assert self._process is not None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)
            return True
        return False


def environment_of(surroundings: Surroundings, extra: Mapping[str, str]) -> dict[str, str]:
    """The surroundings with a step's own variables."""
    return surroundings.environment() | dict(extra)
