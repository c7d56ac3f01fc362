"""The TCP port of one CMS: ours as long as it serves, open or closed meanwhile. It knows no link and no episode.

While it is closed the address is held by a socket that never listens, so that connections are refused and nobody else
gets it. A CMS in memory has no socket; for that one open and closed are only words in the recording.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

import trio

from mockpilot.cms import listening
from mockpilot.cms.listening import Serve
from mockpilot.history.events import ListenerDown, ListenerUp


class Port:
    """A port.

    Args:
        host, number: where; 0 lets the kernel choose.
        record: told when it opens or closes.
    """

    def __init__(self, host: str, number: int, record: Callable[[ListenerUp | ListenerDown], object]) -> None:
        self.host, self.number = host, number
        self.turns_away = False
        """Between two episodes, or before it is opened again."""
        self._record = record
        self._guard: socket.socket | None = None
        self._open_gate = trio.Event()
        self._listening = trio.CancelScope()
        self._outage: object | None = None  # while it is closed for a time

    def hold(self) -> None:
        """Make the address ours.

        Raises:
            UsageError: it cannot be listened on.
        """
        self._guard = listening.hold(self.host, self.number)
        self.number = self._guard.getsockname()[1]

    def give_up(self) -> None:
        """Let others have the address."""
        if self._guard is not None:
            self._guard.close()
            self._guard = None

    @property
    def is_open(self) -> bool:
        """Whether a connection that comes now is accepted."""
        return self._open_gate.is_set()

    async def keep_listening(
        self, nursery: trio.Nursery, serve: Serve, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Accept whenever the port is open, until cancelled; started means accepting for the first time."""
        tell: Callable[[], None] = task_status.started
        while True:
            while not self._open_gate.is_set():  # waiting takes a moment, in which the gate may be another one
                await self._open_gate.wait()
            # From here on without a pause, so that whoever closes the port finds the scope to cancel.
            with trio.CancelScope() as self._listening:
                await self._listen(nursery, serve, tell)
            tell = _nobody

    async def _listen(self, nursery: trio.Nursery, serve: Serve, tell: Callable[[], None]) -> None:
        async with listening.listen(self.host, self.number) as listener:
            self._record(ListenerUp(port=self.number))
            tell()
            await listening.accept_all(listener, nursery, serve)

    # -- open and closed -------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Refuse connections until ``open``."""
        if self._open_gate.is_set():
            self._outage = None
            self._shut()
            self._record(ListenerDown(port=self.number))

    def close_for(self, seconds: float) -> None:
        """Refuse connections for a while, unless somebody refuses them already; an episode's end ends it, too."""
        if self._open_gate.is_set():
            self.close()
            self._outage = outage = object()
            # Of nobody's nursery: the link that is dropped will be gone by then.
            trio.lowlevel.spawn_system_task(self._open_in, seconds, outage)

    async def _open_in(self, seconds: float, outage: object) -> None:
        await trio.sleep(seconds)
        if self._outage is outage:
            self.open()

    def end_outage(self) -> None:
        """Accept connections again if the port is closed for a time only."""
        if self._outage is not None:
            self.open()

    def open(self) -> None:
        """Accept connections again, whatever has ended before."""
        if self._guard is None and not self._open_gate.is_set():
            self._record(ListenerUp(port=self.number))  # no socket that could do so
        self.release()

    def release(self) -> None:
        """Accept connections, in silence until the socket listens."""
        self._outage, self.turns_away = None, False
        self._open_gate.set()

    def hold_back(self) -> None:
        """Refuse connections between two episodes: whoever comes meanwhile tries again in the next one."""
        self._outage, self.turns_away = None, True
        if self._open_gate.is_set():
            self._shut()

    def _shut(self) -> None:
        self._open_gate = trio.Event()
        self._listening.cancel()


def _nobody() -> None:
    """Whoever waited for the first time has been told."""
