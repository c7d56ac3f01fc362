"""Booting on one link: say so, wait for Accepted, and say it again after silence or a rejection.

Knows neither pushes nor lists; an offender's boots out of turn are here, too.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field

from mockpilot.presystem.desk import Desk, Due
from mockpilot.protocol.envelope import Envelope, MessageType


@dataclass(slots=True)
class Booting:
    """One link's boots and what came of them."""

    desk: Desk
    _waiting: set[str] = field(default_factory=set)
    """Message ids of boots that were not answered."""
    _unanswered: int = 0
    _rejections: int = 0
    _hasty: int = 0
    """How many boots out of turn are still to come."""

    def plan(self, now: float) -> None:
        """The link is open: boot soon."""
        self.desk.agenda.put(Due.BOOT, now + self.desk.conduct.boot_delay_s)

    def boot(self, now: float) -> None:
        """Say BootNotification, and wait for its answer."""
        self._say("BootNotification")
        conduct = self.desk.conduct
        if conduct.boots_again:
            self.desk.agenda.put(Due.BOOT_UNANSWERED, now + self.desk.settings.pace.boot_time_out)
        if conduct.list_while_unanswered_s < math.inf:
            self.desk.agenda.put(Due.EARLY_LIST, now + conduct.list_while_unanswered_s)

    def unanswered(self, now: float) -> None:
        """No answer came in time: boot again, or leave after so many in vain."""
        self._unanswered += 1
        if self._unanswered >= self.desk.settings.pace.boots_per_link:
            self.desk.leaving = f"{self._unanswered} boots unanswered"
        else:
            self.boot(now)

    def answered(self, message: Envelope, now: float) -> bool:
        """Take the answer to a boot; whether a boot was waiting for it."""
        key = self._meant(message)
        if key not in self._waiting:
            return False
        self._waiting.discard(key)
        status = message.payload.get("status") if isinstance(message.payload, dict) else None
        if message.message_type is MessageType.CONFIRMATION and status == "Accepted":
            self._accept(now)
        elif message.message_type is MessageType.ERROR or status == "Rejected":
            self._reject(now)
        else:
            self.desk.log("ignored a boot confirmation without a known status")
        return True

    def _meant(self, message: Envelope) -> str:
        key = message.message_id.lower()
        return key if self.desk.conduct.heeds_boot_ids else next(iter(self._waiting), key)

    def _accept(self, now: float) -> None:
        if self.desk.accepted:
            return
        self.desk.log("boot accepted")
        self.desk.accepted = self.desk.memory.been_accepted = True
        self.desk.agenda.drop(Due.BOOT, Due.BOOT_UNANSWERED, Due.EARLY_LIST)
        if self.desk.conduct.needless_boots_s < math.inf:
            self._hasten(sys.maxsize, now + self.desk.conduct.needless_boots_s)

    def _reject(self, now: float) -> None:
        if self.desk.accepted:
            return
        pause = self._pause()
        self.desk.log(f"boot rejected, again in {pause:.1f} s")
        self._rejections += 1
        self._unanswered = 0
        self.desk.agenda.drop(Due.BOOT_UNANSWERED)
        self.desk.agenda.put(Due.BOOT, now + pause)
        self.plan_early_list(now)
        conduct = self.desk.conduct
        if conduct.hasty_boots and not self._hasty:
            self._hasten(conduct.hasty_boots, now + conduct.hasty_boot_gap_s)

    def _pause(self) -> float:
        settings = self.desk.settings
        planned = settings.back_off.delay(self._rejections, self.desk.scribe.chance.random())
        return max(planned, settings.pace.boot_pause_floor)

    def plan_early_list(self, now: float) -> None:
        """Offenders only: after a rejection a list out of turn is due, again and again."""
        after_s = self.desk.conduct.list_after_rejection_s
        if self._rejections and after_s < math.inf:
            self.desk.agenda.put(Due.EARLY_LIST, now + after_s)

    def boot_in_haste(self, now: float) -> None:
        """Offenders only: say BootNotification out of turn."""
        self._say("BootNotification in haste")
        self._hasty -= 1
        if self._hasty:
            conduct = self.desk.conduct
            gap = conduct.hasty_boot_gap_s if conduct.hasty_boots else conduct.needless_boots_s
            self.desk.agenda.put(Due.HASTY_BOOT, now + gap)

    def _hasten(self, count: int, at: float) -> None:
        self._hasty = count
        self.desk.agenda.put(Due.HASTY_BOOT, at)

    def _say(self, what: str) -> None:
        message_id, frames = self.desk.scribe.boot()
        self._waiting.add(message_id.lower())
        self.desk.say(frames, what)
