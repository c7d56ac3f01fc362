"""Sly about links: coming back, watching, pings, boots."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from mockpilot.presystem.booting import Booting
from mockpilot.presystem.conduct import Conduct, EndKind, LinkEnd
from mockpilot.presystem.desk import Due
from mockpilot.presystem.pushes import Pushes
from sly.making import Make, behaving

PONG = 0x8A
FOR_GOOD_S = 7 * 24 * 3600.0
TIGHT_S = 0.002
AT_ONCE_S = 0.05
HASTY_S = 0.9
"""Just below what counts as a tight loop."""


def returning(times: int) -> Make:
    """Counts the links it lost, and never begins to count anew."""
    def conduct() -> Conduct:
        lost = count(1)

        def pause(end: LinkEnd, planned_s: float) -> float:
            return planned_s if end.kind is not EndKind.LOST or next(lost) <= times else FOR_GOOD_S

        return behaving(pause=pause)

    return conduct


def hammering(status: range) -> Make:
    """Tries again at once after these HTTP statuses."""
    return lambda: behaving(pause=lambda end, planned_s: TIGHT_S if end.status in status else planned_s)


def one_more_try() -> Conduct:
    """Tries to come back once."""
    return behaving(pause=lambda end, planned_s: planned_s if end.kind is EndKind.LOST else FOR_GOOD_S)


def pongs(kept: Callable[[int, int], bool]) -> Make:
    """Which pongs leave, by the number of the link and of the pong on it."""
    def conduct() -> Conduct:
        link = pong = 0

        def wire(data: bytes) -> bytes:
            nonlocal link, pong
            if data.startswith(b"GET "):
                link, pong = link + 1, 0
            if data[0] != PONG:
                return data
            pong += 1
            return data if kept(link, pong) else b""

        return behaving(wire=wire)

    return conduct


def pong_without_payload(data: bytes) -> bytes:
    """Answers a ping, but not with what it said."""
    return bytes([PONG, 0x80]) + data[2:6] if data[0] == PONG else data


class WatchesFirstLink(Pushes):
    """Watches until it has noticed silence once in a process."""

    def listen_on(self, now: float) -> None:
        if not self.desk.memory.misled:
            super().listen_on(now)

    def silence(self, now: float) -> None:
        self.desk.memory.misled = True
        super().silence(now)


class WatchesWhenNothingIsOpen(Pushes):
    """Takes silence for waiting while a list is open."""

    def silence(self, now: float) -> None:
        if self.desk.memory.awaits_answer:
            self.listen_on(now)
        else:
            super().silence(now)


class BootsTwice(Booting):
    """Boots once more when nobody answers, and never again."""

    def unanswered(self, now: float) -> None:
        self._unanswered += 1
        if self._unanswered == 1:
            self.boot(now)


class BootsAtOnce(Booting):
    """Boots again as soon as a boot was refused, without end."""

    def _pause(self) -> float:
        return AT_ONCE_S


class BootsHastily(Booting):
    """Boots again soon, whether a boot was refused or not answered, without end."""

    def boot(self, now: float) -> None:
        super().boot(now)
        self.desk.agenda.put(Due.BOOT_UNANSWERED, now + HASTY_S)

    def unanswered(self, now: float) -> None:
        self.boot(now)

    def _pause(self) -> float:
        return HASTY_S


class LeavesHastily(Booting):
    """Leaves the link when a boot is refused, or not answered at once, and boots on the next one."""

    def boot(self, now: float) -> None:
        super().boot(now)
        self.desk.agenda.put(Due.BOOT_UNANSWERED, now + AT_ONCE_S)

    def unanswered(self, now: float) -> None:
        self.desk.leaving = "no answer"

    def _reject(self, now: float) -> None:
        self.desk.leaving = "rejected"


def hurrying_back() -> Conduct:
    """Takes hardly a pause between links."""
    return behaving(pause=lambda _end, _planned_s: AT_ONCE_S)
