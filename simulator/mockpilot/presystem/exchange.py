"""The conversation on one link: boot, wait for Accepted, answer pushes, send lists until they are confirmed.

Pure: frames and the time (seconds of one monotonic clock) come in, frames to send come out of ``take``. Whoever
carries the link calls ``tick`` no later than ``due`` and leaves when ``leaving`` says why.
"""

from __future__ import annotations

import enum
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mockpilot.presystem.conduct import Arrival, Entry, Opening, Taking, Upset
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
    ANSWER = "answer"                    # offenders only: a confirmation that waited
    LIST_AGAIN = "list again"            # offenders only: a confirmed list is sent once more
    SILENCE = "silence"                  # pushes are missing


@dataclass(slots=True)
class Memory:
    """What outlives a link besides the charging requests."""

    rhythm: Rhythm
    been_accepted: bool = False
    """Whether any link of this process got as far as Accepted."""
    been_confirmed: bool = False
    """Whether any list was."""
    unconfirmed: str = ""
    """Content of the list that was sent last, until it is confirmed."""
    deaf: bool = False
    """Offenders only: answers no push any more."""
    misled: bool = False
    """Offenders only: took a confirmation that was no list's for one."""
    mute: bool = False
    """Offenders only: sends no list any more."""
    awaits_answer: bool = False
    """Whether a list is on its way and nobody gave it up."""
    missed: list[list[Entry]] = field(default_factory=list)
    """Offenders only: every list that there was while no link was up."""


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
    wants_company: bool = False
    """Offenders only: another link should be opened beside this one."""
    _out: list[str | bytes] = field(default_factory=list)
    _agenda: dict[Due, float] = field(default_factory=dict)
    _waiting_answers: list[tuple[float, Frames]] = field(default_factory=list)
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
    _settled: set[str] = field(default_factory=set)
    _refused: str = ""
    _refusals: int = 0
    _not_before: float = -math.inf

    def opened(self, now: float) -> None:
        """The link is open."""
        self.memory.rhythm.link_opened()
        if self.memory.awaits_answer and not self.scribe.conduct.sends_after_lost_answer:
            self.memory.mute = True
        for opening in self.scribe.conduct.opening(self.memory.been_accepted):
            if opening is Opening.LIST:
                self._send_out_of_turn()
            else:
                self._agenda[Due.BOOT] = now + self.scribe.conduct.boot_delay_s

    def received(self, frame: str | bytes, now: float) -> None:
        """A message came; what cannot be read is passed over."""
        message = envelope.read(frame).envelope
        if message is None:
            self._upset(Upset.MALFORMED)
            self.log("ignored a message that is no envelope")
        elif message.message_type is not MessageType.REQUEST:
            self._answered(message, now)
        elif message.action is Action.PROVIDE_CHARGING_INFORMATION:
            self._push(message, len(frame), now)
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
            Due.ANSWER: self._answer_waiting,
            Due.LIST_AGAIN: self._list_again,
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
        if self.scribe.conduct.needless_boots_s < math.inf:
            self._hasty_boots = sys.maxsize
            self._agenda[Due.HASTY_BOOT] = now + self.scribe.conduct.needless_boots_s
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

    def _push(self, message: Envelope, size: int, now: float) -> None:
        self.memory.rhythm.pushed(now)
        if self.accepted:
            self._listen_on(now)
        else:
            self._upset(Upset.EARLY_PUSH)
        information = read_information(message.payload, self.scribe.settings.presystem_id)
        if self.memory.deaf or self._takes_otherwise(message, size):
            return
        if information is None:
            self._say("an error answer", self.scribe.error(message, "depotInfoList is missing"))
            return
        self._confirm(message, now)
        self.book.learn(information, envelope.parse_timestamp(message.timestamp))
        self.book.begin(self._time())
        if self.accepted and not self._pushed:
            self._pushed = True
            trusts = not self.scribe.conduct.list_awaits_confirmation
            trusts = trusts or self.memory.misled or (
                self.scribe.conduct.trusts_memory and self.memory.been_confirmed
            )
            self._must_tell = not trusts and not self.book.ids() <= information.shown
            self._replay()
        self._consider_list(now)

    def _listen_on(self, now: float) -> None:
        if self.scribe.conduct.notices_silence:
            patience = self.scribe.settings.silence_after_s or self.memory.rhythm.silence_after()
            self._agenda[Due.SILENCE] = now + patience

    def _silence(self, now: float) -> None:
        if self.scribe.conduct.keeps_silent_links:
            self.wants_company = True
        else:
            self.leaving = "pushes are missing"

    def _confirm(self, message: Envelope, now: float) -> None:
        confirmation, delay = self.scribe.confirmation(message), self.scribe.conduct.answer_delay_s
        if delay:
            self._waiting_answers.append((now + delay, confirmation))
            self._agenda.setdefault(Due.ANSWER, now + delay)
        else:
            self._say("", confirmation)

    # lists

    def _consider_list(self, now: float) -> None:
        if not self.accepted or self._open is not None or self.memory.mute:
            return
        if self.scribe.conduct.list_waits_for_push and not self._pushed:
            return
        self.book.begin(self._time())
        self.book.forget_departed(self._time())
        if not (self.book.unconfirmed() or self._must_tell):
            return
        if not (self.book.entries or self.scribe.conduct.sends_empty_list):
            return
        if now < self._not_before and content_of(self.book.current()) == self._refused:
            self._agenda[Due.LIST] = self._not_before
        else:
            self._send_list(now)

    def _send_list(self, now: float) -> None:
        content = content_of(self.book.current())
        again = content == self.memory.unconfirmed
        self.memory.unconfirmed = content
        entries = self.book.draft(opens_link=not self._opened_link, again=again)
        message_id, frames = self.scribe.charging_requests(entries)
        self._say(f"ProvideChargingRequests with {len(entries)} entries", frames)
        self._opened_link, self._must_tell = True, False
        self._lists[message_id.lower()] = SentList(content, now)
        if not self.scribe.conduct.list_awaits_confirmation:
            self.book.confirm(content)
            return
        self._open, self.memory.awaits_answer = message_id.lower(), True
        pace = self.scribe.settings.pace
        # Doubling, so that a CMS which never confirms isn't left with ever more open lists.
        planned = min(pace.list_time_out * 2**self._resends, pace.list_time_out_cap)
        if self.scribe.conduct.answers_while_list_is_open:
            self._agenda[Due.LIST] = now + self.scribe.conduct.list_time_out(planned)

    def _list_due(self, now: float) -> None:
        if self._open is not None:
            self.log("the list was not confirmed in time")
            self._open, self.memory.awaits_answer = None, False
            self._resends += 1
        self._consider_list(now)

    def _list_confirmed(self, key: str, now: float) -> None:
        sent = self._lists.pop(key)
        self._settled.add(key)
        if now - sent.at > self.scribe.conduct.deaf_after_late_confirmation_s:
            self.memory.deaf = True
        open_list = self._lists.get(self._open or "")
        # A late confirmation of an earlier sending counts if it said the same as the one that is open.
        if self._open == key or (open_list is not None and open_list.content == sent.content):
            self.log("list confirmed")
            self.book.confirm(sent.content)
            self.memory.been_confirmed, self.memory.unconfirmed = True, ""
            self._close_list()
            self._resends = self._refusals = 0
            if self.scribe.conduct.list_every_s < math.inf:
                self._agenda[Due.LIST_AGAIN] = now + self.scribe.conduct.list_every_s
        self._consider_list(now)

    def _list_refused(self, key: str, message: Envelope, now: float) -> None:
        sent = self._lists.pop(key)
        self.log(f"list refused: {str(message.payload)[:200]}")
        self._upset(Upset.REFUSED_LIST)
        self.memory.mute = self.memory.mute or not self.scribe.conduct.sends_after_refusal
        if self._open != key:
            return
        planned = min(self.scribe.settings.pace.refusal_pause * 2**self._refusals, _LONGEST_REFUSAL_PAUSE_S)
        pause = self.scribe.conduct.refusal_pause(planned)
        self._refusals += 1
        self._refused, self._not_before = sent.content, now + pause
        self._close_list()
        self._consider_list(now)

    def _time(self) -> datetime:
        return self.book.time(self.scribe.wall())

    def _close_list(self) -> None:
        self._open, self.memory.awaits_answer = None, False
        self._agenda.pop(Due.LIST, None)

    # answers to both

    def _answered(self, message: Envelope, now: float) -> None:
        key = message.message_id.lower()
        if message.presystem_id != self.scribe.settings.presystem_id:
            self.log(f"ignored an answer to another presystem: {message.presystem_id}")
            return
        key = self._taken_for(message, key)
        if message.action is Action.BOOT_NOTIFICATION and key in self._boots:
            self._boots.discard(key)
            self._boot_answered(message, now)
        elif message.action is Action.PROVIDE_CHARGING_REQUESTS and key in self._lists:
            if message.message_type is MessageType.CONFIRMATION:
                self._list_confirmed(key, now)
            else:
                self._list_refused(key, message, now)
        else:
            if key in self._settled:
                self._upset(Upset.SECOND_CONFIRMATION)
            self.log(f"ignored an answer that nobody waits for: {message.action} {message.message_id}")
            return
        if self.scribe.conduct.confirms_confirmations:
            self._say("a confirmation of a confirmation", self.scribe.thanks(message))

    # offenders

    def _upset(self, by: Upset) -> None:
        self.memory.deaf = self.memory.deaf or by in self.scribe.conduct.deaf_after

    def _taken_for(self, message: Envelope, key: str) -> str:
        """The message id of the request that is taken to be answered: the one that it names."""
        conduct = self.scribe.conduct
        if message.action is Action.BOOT_NOTIFICATION and not conduct.heeds_boot_ids:
            return next(iter(self._boots), key)
        if message.action is Action.PROVIDE_CHARGING_REQUESTS and not conduct.heeds_list_ids:
            self.memory.misled = self.memory.misled or key not in (self._open, *self._settled)
            return self._open or key
        return key

    def _replay(self) -> None:
        missed, self.memory.missed = self.memory.missed, []
        for entries in missed:
            _, frames = self.scribe.charging_requests(entries)
            self._say("ProvideChargingRequests that was missed", frames)

    def _takes_otherwise(self, message: Envelope, size: int) -> bool:
        conduct = self.scribe.conduct
        if self._open is not None and not conduct.answers_while_list_is_open:
            return True
        taking = conduct.takes(Arrival(message, size, self.scribe.wall(), early=not self.accepted))
        if taking is Taking.AS_AN_ERROR:
            self._say("an error answer", self.scribe.error(message, "not understood"))
        elif taking is Taking.BADLY:
            self.leaving = "a push was not understood"
        self.memory.deaf = taking is Taking.FOR_GOOD
        return taking is not Taking.AS_MEANT

    def _answer_waiting(self, now: float) -> None:
        while self._waiting_answers and self._waiting_answers[0][0] <= now:
            self._say("", self._waiting_answers.pop(0)[1])
        if self._waiting_answers:
            self._agenda[Due.ANSWER] = self._waiting_answers[0][0]

    def _list_again(self, now: float) -> None:
        self._must_tell = True
        self._consider_list(now)

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
            conduct = self.scribe.conduct
            gap = conduct.hasty_boot_gap_s if conduct.hasty_boots else conduct.needless_boots_s
            self._agenda[Due.HASTY_BOOT] = now + gap

    def _send_out_of_turn(self) -> None:
        self.book.begin(self._time())
        _, frames = self.scribe.charging_requests(self.book.current())
        self._say("ProvideChargingRequests out of turn", frames)

    def _say(self, what: str, frames: Frames) -> None:
        if what:
            self.log(f"sent {what}")
        self._out += frames
