"""The conversation on one link: boot, wait for Accepted, answer pushes, send lists until they are confirmed.

Pure: frames and the time (seconds of one monotonic clock) come in, frames to send come out of ``take``. Whoever
carries the link calls ``tick`` no later than ``due`` and leaves when ``leaving`` says why.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mockpilot.presystem.conduct import Opening
from mockpilot.presystem.information import read_information
from mockpilot.presystem.letters import Frames, Scribe
from mockpilot.presystem.requests import RequestBook, content_of
from mockpilot.presystem.rhythm import Rhythm
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType

Log = Callable[[str], None]

_LONGEST_REFUSAL_PAUSE_S = 300.0


class Due(enum.Enum):
    """What can be waiting for its time."""

    BOOT = "boot"                        # say BootNotification
    BOOT_UNANSWERED = "boot unanswered"  # no answer to it in time
    LIST = "list"                        # an open list is unconfirmed, or a refused one may be tried again
    EARLY_LIST = "early list"            # offenders only: a list out of turn
    HASTY_BOOT = "hasty boot"            # offenders only: a boot out of turn
    SILENCE = "silence"                  # pushes are missing


@dataclass(slots=True)
class Memory:
    """What outlives a link besides the charging requests."""

    rhythm: Rhythm
    been_accepted: bool = False
    """Whether any link of this process got as far as Accepted."""
    deaf: bool = False
    """Offenders only: answers no push any more."""


@dataclass(frozen=True, slots=True)
class SentList:
    """One list on its way."""

    content: str
    at: float


@dataclass(slots=True)
class Exchange:
    """One link's conversation."""

    scribe: Scribe
    book: RequestBook
    memory: Memory
    log: Log
    accepted: bool = False
    leaving: str | None = None
    """Why the link should be closed from our side; None while it shouldn't."""
    _out: list[str | bytes] = field(default_factory=list)
    _agenda: dict[Due, float] = field(default_factory=dict)
    _boots: set[str] = field(default_factory=set)
    _unanswered: int = 0
    _rejections: int = 0
    _hasty_boots: int = 0
    _pushed: bool = False
    _lists: dict[str, SentList] = field(default_factory=dict)
    _open: str | None = None
    _opened_link: bool = False
    _resends: int = 0
    _must_tell: bool = False
    _refused: str = ""
    _refusals: int = 0
    _not_before: float = -math.inf

    def opened(self, now: float) -> None:
        """The link is open."""
        self.memory.rhythm.link_opened()
        for opening in self.scribe.conduct.opening(self.memory.been_accepted):
            if opening is Opening.LIST:
                self._send_out_of_turn()
            else:
                self._agenda[Due.BOOT] = now + self.scribe.conduct.boot_delay_s

    def received(self, frame: str | bytes, now: float) -> None:
        """A message came; what cannot be read is passed over."""
        message = envelope.read(frame).envelope
        if message is None:
            self.log("ignored a message that is no envelope")
        elif message.message_type is not MessageType.REQUEST:
            self._answered(message, now)
        elif message.action is Action.PROVIDE_CHARGING_INFORMATION:
            self._push(message, now)
        else:
            self.log(f"ignored a request that a CMS doesn't send: {message.action}")

    def changed(self, now: float) -> None:
        """The charging requests have changed."""
        self._consider_list(now)

    def due(self) -> float:
        """When ``tick`` is needed next."""
        return min(self._agenda.values(), default=math.inf)

    def tick(self, now: float) -> None:
        """Do whatever is due."""
        acts = {
            Due.BOOT: self._boot,
            Due.BOOT_UNANSWERED: self._boot_unanswered,
            Due.LIST: self._list_due,
            Due.EARLY_LIST: self._early_list,
            Due.HASTY_BOOT: self._hasty_boot,
            Due.SILENCE: self._silence,
        }
        for due in sorted(self._agenda, key=self._agenda.__getitem__):
            # An act may have taken a later one off the agenda.
            if self._agenda.get(due, math.inf) <= now:
                del self._agenda[due]
                acts[due](now)

    def take(self) -> Frames:
        """Frames to send now, in order; each is handed out once."""
        frames, self._out = self._out, []
        return frames

    # booting

    def _boot(self, now: float) -> None:
        message_id, frames = self.scribe.boot()
        self._boots.add(message_id.lower())
        self._say("BootNotification", frames)
        conduct = self.scribe.conduct
        if conduct.boots_again:
            self._agenda[Due.BOOT_UNANSWERED] = now + self.scribe.settings.pace.boot_time_out
        if conduct.list_while_unanswered_s < math.inf:
            self._agenda[Due.EARLY_LIST] = now + conduct.list_while_unanswered_s

    def _boot_unanswered(self, now: float) -> None:
        self._unanswered += 1
        if self._unanswered >= self.scribe.settings.pace.boots_per_link:
            self.leaving = f"{self._unanswered} boots unanswered"
        else:
            self._boot(now)

    def _boot_answered(self, message: Envelope, now: float) -> None:
        status = message.payload.get("status") if isinstance(message.payload, dict) else None
        if message.message_type is MessageType.CONFIRMATION and status == "Accepted":
            self._accept(now)
        elif message.message_type is MessageType.ERROR or status == "Rejected":
            self._reject(now)
        else:
            self.log("ignored a boot confirmation without a known status")

    def _accept(self, now: float) -> None:
        if self.accepted:
            return
        self.log("boot accepted")
        self.accepted = self.memory.been_accepted = True
        for due in (Due.BOOT, Due.BOOT_UNANSWERED, Due.EARLY_LIST):
            self._agenda.pop(due, None)
        self._listen_on(now)
        self._consider_list(now)

    def _reject(self, now: float) -> None:
        if self.accepted:
            return
        settings, conduct = self.scribe.settings, self.scribe.conduct
        planned = settings.back_off.delay(self._rejections, self.scribe.chance.random())
        pause = max(planned, settings.pace.boot_pause_floor)
        self.log(f"boot rejected, again in {pause:.1f} s")
        self._rejections += 1
        self._unanswered = 0
        self._agenda.pop(Due.BOOT_UNANSWERED, None)
        self._agenda[Due.BOOT] = now + pause
        if conduct.list_after_rejection_s < math.inf:
            self._agenda[Due.EARLY_LIST] = now + conduct.list_after_rejection_s
        if conduct.hasty_boots and not self._hasty_boots:
            self._hasty_boots = conduct.hasty_boots
            self._agenda[Due.HASTY_BOOT] = now + conduct.hasty_boot_gap_s

    # pushes

    def _push(self, message: Envelope, now: float) -> None:
        self.memory.rhythm.pushed(now)
        if self.accepted:
            self._listen_on(now)
        information = read_information(message.payload, self.scribe.settings.presystem_id)
        if self.memory.deaf:
            return
        if information is None:
            self._say("an error answer", self.scribe.error(message, "depotInfoList is missing"))
            return
        self._say("", self.scribe.confirmation(message))
        self.book.learn(information, envelope.parse_timestamp(message.timestamp))
        self.book.begin(self._time())
        if self.accepted and not self._pushed:
            self._pushed = True
            trusts = not self.scribe.conduct.list_awaits_confirmation
            self._must_tell = not trusts and not self.book.ids() <= information.shown
        self._consider_list(now)

    def _listen_on(self, now: float) -> None:
        if self.scribe.conduct.notices_silence:
            patience = self.scribe.settings.silence_after_s or self.memory.rhythm.silence_after()
            self._agenda[Due.SILENCE] = now + patience

    def _silence(self, now: float) -> None:
        self.leaving = "pushes are missing"

    # lists

    def _consider_list(self, now: float) -> None:
        if not self.accepted or self._open is not None:
            return
        if self.scribe.conduct.list_waits_for_push and not self._pushed:
            return
        self.book.begin(self._time())
        self.book.forget_departed(self._time())
        if not (self.book.unconfirmed() or self._must_tell):
            return
        if now < self._not_before and content_of(self.book.current()) == self._refused:
            self._agenda[Due.LIST] = self._not_before
        else:
            self._send_list(now)

    def _send_list(self, now: float) -> None:
        content = content_of(self.book.current())
        entries = self.book.draft(opens_link=not self._opened_link)
        message_id, frames = self.scribe.charging_requests(entries)
        self._say(f"ProvideChargingRequests with {len(entries)} entries", frames)
        self._opened_link, self._must_tell = True, False
        self._lists[message_id.lower()] = SentList(content, now)
        if not self.scribe.conduct.list_awaits_confirmation:
            self.book.confirm(content)
            return
        self._open = message_id.lower()
        pace = self.scribe.settings.pace
        # Doubling, so that a CMS which never confirms isn't left with ever more open lists.
        self._agenda[Due.LIST] = now + min(pace.list_time_out * 2**self._resends, pace.list_time_out_cap)

    def _list_due(self, now: float) -> None:
        if self._open is not None:
            self.log("the list was not confirmed in time")
            self._open = None
            self._resends += 1
        self._consider_list(now)

    def _list_confirmed(self, key: str, now: float) -> None:
        sent = self._lists.pop(key)
        if now - sent.at > self.scribe.conduct.deaf_after_late_confirmation_s:
            self.memory.deaf = True
        open_list = self._lists.get(self._open or "")
        # A late confirmation of an earlier sending counts if it said the same as the one that is open.
        if self._open == key or (open_list is not None and open_list.content == sent.content):
            self.log("list confirmed")
            self.book.confirm(sent.content)
            self._close_list()
            self._resends = self._refusals = 0
        self._consider_list(now)

    def _list_refused(self, key: str, message: Envelope, now: float) -> None:
        sent = self._lists.pop(key)
        self.log(f"list refused: {str(message.payload)[:200]}")
        if self._open != key:
            return
        pause = min(self.scribe.settings.pace.refusal_pause * 2**self._refusals, _LONGEST_REFUSAL_PAUSE_S)
        self._refusals += 1
        self._refused, self._not_before = sent.content, now + pause
        self._close_list()
        self._consider_list(now)

    def _time(self) -> datetime:
        return self.book.time(self.scribe.wall())

    def _close_list(self) -> None:
        self._open = None
        self._agenda.pop(Due.LIST, None)

    # answers to both

    def _answered(self, message: Envelope, now: float) -> None:
        key = message.message_id.lower()
        if message.presystem_id != self.scribe.settings.presystem_id:
            self.log(f"ignored an answer to another presystem: {message.presystem_id}")
            return
        if message.action is Action.BOOT_NOTIFICATION and key in self._boots:
            self._boots.discard(key)
            self._boot_answered(message, now)
        elif message.action is Action.PROVIDE_CHARGING_REQUESTS and key in self._lists:
            if message.message_type is MessageType.CONFIRMATION:
                self._list_confirmed(key, now)
            else:
                self._list_refused(key, message, now)
        else:
            self.log(f"ignored an answer that nobody waits for: {message.action} {message.message_id}")
            return
        if self.scribe.conduct.confirms_confirmations:
            self._say("a confirmation of a confirmation", self.scribe.thanks(message))

    # offenders

    def _early_list(self, now: float) -> None:
        self._send_out_of_turn()
        if self._rejections:
            self._agenda[Due.EARLY_LIST] = now + self.scribe.conduct.list_after_rejection_s

    def _hasty_boot(self, now: float) -> None:
        message_id, frames = self.scribe.boot()
        self._boots.add(message_id.lower())
        self._say("BootNotification in haste", frames)
        self._hasty_boots -= 1
        if self._hasty_boots:
            self._agenda[Due.HASTY_BOOT] = now + self.scribe.conduct.hasty_boot_gap_s

    def _send_out_of_turn(self) -> None:
        self.book.begin(self._time())
        _, frames = self.scribe.charging_requests(self.book.current())
        self._say("ProvideChargingRequests out of turn", frames)

    def _say(self, what: str, frames: Frames) -> None:
        if what:
            self.log(f"sent {what}")
        self._out += frames
