"""Sending the list of charging requests on one link until it is confirmed, one list at a time.

What stands in a list is the book's affair. After an error answer the same list waits, a changed one doesn't.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

from mockpilot.presystem.conduct import Entry, Upset
from mockpilot.presystem.desk import Desk, Due
from mockpilot.presystem.information import Information
from mockpilot.presystem.requests import RequestBook, content_of
from mockpilot.protocol.envelope import Envelope, MessageType

_LONGEST_REFUSAL_PAUSE_S = 300.0


@dataclass(frozen=True, slots=True)
class SentList:
    """One list on its way."""

    content: str
    at: float


@dataclass(slots=True)
class Lists:
    """One link's lists and what came of them."""

    desk: Desk
    book: RequestBook
    _sent: dict[str, SentList] = field(default_factory=dict)
    """Lists without an answer, by message id."""
    _open: str | None = None
    """Message id of the one that is waited for."""
    _settled: set[str] = field(default_factory=set)
    """Message ids of lists that were confirmed."""
    _pushed: bool = False
    """Whether a push came after Accepted."""
    _opened_link: bool = False
    """Whether any list was sent."""
    _must_tell: bool = False
    """Whether a list is due although the CMS confirmed it once."""
    _resends: int = 0
    _refusals: int = 0
    _refused: str = ""
    """Content of the list that was refused last."""
    _not_before: float = -math.inf
    """When that may be sent again."""

    @property
    def is_open(self) -> bool:
        """Whether a list is on its way."""
        return self._open is not None

    def opened(self) -> None:
        """The link is open."""
        if self.desk.memory.awaits_answer and not self.desk.conduct.sends_after_lost_answer:
            self.desk.memory.mute = True

    def learn(self, information: Information, at: datetime | None) -> None:
        """Take over what a push tells, stamped ``at``; the first one shows whether the CMS still has the requests."""
        self.book.learn(information, at)
        self.book.begin(self._time())
        if self.desk.accepted and not self._pushed:
            self._pushed = True
            self._must_tell = not self._trusts_the_cms() and not self.book.ids() <= information.shown
            self._replay()
        self._must_tell = self._must_tell or self.desk.conduct.lists_with_pushes

    def _trusts_the_cms(self) -> bool:
        conduct, memory = self.desk.conduct, self.desk.memory
        remembers = conduct.trusts_memory and memory.been_confirmed
        return not conduct.list_awaits_confirmation or memory.misled or remembers

    def consider(self, now: float) -> None:
        """Send a list if it is time for one and the CMS has still to be told."""
        if not self._may_send():
            return
        self.book.begin(self._time())
        self.book.forget_departed(self._time())
        if not self._has_something_to_tell():
            return
        if now < self._not_before and content_of(self.book.current()) == self._refused:
            self.desk.agenda.put(Due.LIST, self._not_before)
        else:
            self._send(now)

    def _may_send(self) -> bool:
        if not self.desk.accepted or self.is_open or self.desk.memory.mute:
            return False
        return self._pushed or not self.desk.conduct.list_waits_for_push

    def _has_something_to_tell(self) -> bool:
        may_tell = bool(self.book.entries) or self.desk.conduct.sends_empty_list
        return may_tell and (self._must_tell or self.book.unconfirmed())

    def _send(self, now: float) -> None:
        content = content_of(self.book.current())
        again = content == self.desk.memory.unconfirmed
        self.desk.memory.unconfirmed = content
        entries = self.book.draft(opens_link=not self._opened_link, again=again)
        message_id = self._say(entries, f"with {len(entries)} entries")
        self._opened_link, self._must_tell = True, False
        self._sent[message_id] = SentList(content, now)
        if self.desk.conduct.list_awaits_confirmation:
            self._wait(message_id, now)
        else:
            self.book.confirm(content)

    def _wait(self, message_id: str, now: float) -> None:
        self._open, self.desk.memory.awaits_answer = message_id, True
        pace = self.desk.settings.pace
        # Doubling, so that a CMS which never confirms isn't left with ever more open lists.
        planned = min(pace.list_time_out * 2**self._resends, pace.list_time_out_cap)
        if self.desk.conduct.answers_while_list_is_open:
            self.desk.agenda.put(Due.LIST, now + self.desk.conduct.list_time_out(planned))

    def due(self, now: float) -> None:
        """The open list was not confirmed in time, or a refused one may be tried again."""
        if self.is_open:
            self.desk.log("the list was not confirmed in time")
            self._give_up()
            self._resends += 1
            if self.desk.conduct.leaves_over_lists:
                self.desk.leaving = "a list was not confirmed in time"
                return
        self.consider(now)

    def answered(self, message: Envelope, now: float) -> bool:
        """Take the answer to a list; whether a list was waiting for it."""
        key = self._meant(message)
        if key not in self._sent:
            return False
        if message.message_type is MessageType.CONFIRMATION:
            self._confirmed(key, now)
        else:
            self._was_refused(key, message, now)
        return True

    def is_settled(self, message_id: str) -> bool:
        """Whether a list with this message id was confirmed before."""
        return message_id.lower() in self._settled

    def _meant(self, message: Envelope) -> str:
        key = message.message_id.lower()
        if self.desk.conduct.heeds_list_ids:
            return key
        self.desk.memory.misled = self.desk.memory.misled or key not in (self._open, *self._settled)
        return self._open or key

    def _confirmed(self, key: str, now: float) -> None:
        sent = self._sent.pop(key)
        self._settled.add(key)
        if now - sent.at > self.desk.conduct.deaf_after_late_confirmation_s:
            self.desk.memory.deaf = True
        if self._settles_open_list(key, sent):
            self._close(sent, now)
        self.consider(now)

    def _settles_open_list(self, key: str, sent: SentList) -> bool:
        # A late confirmation of an earlier sending counts if it said the same as the one that is open.
        open_list = self._sent.get(self._open or "")
        return self._open == key or (open_list is not None and open_list.content == sent.content)

    def _close(self, sent: SentList, now: float) -> None:
        self.desk.log("list confirmed")
        self.book.confirm(sent.content)
        self.desk.memory.been_confirmed, self.desk.memory.unconfirmed = True, ""
        self._give_up()
        self.desk.agenda.drop(Due.LIST)
        self._resends = self._refusals = 0
        if self.desk.conduct.list_every_s < math.inf:
            self.desk.agenda.put(Due.LIST_AGAIN, now + self.desk.conduct.list_every_s)

    def _was_refused(self, key: str, message: Envelope, now: float) -> None:
        sent = self._sent.pop(key)
        self.desk.log(f"list refused: {str(message.payload)[:200]}")
        self.desk.upset(Upset.REFUSED_LIST)
        self.desk.memory.mute = self.desk.memory.mute or not self.desk.conduct.sends_after_refusal
        if self._open != key:
            return
        self._refused, self._not_before = sent.content, now + self._refusal_pause()
        self._refusals += 1
        self._give_up()
        self.desk.agenda.drop(Due.LIST)
        if self.desk.conduct.leaves_over_lists:
            self.desk.leaving = "a list was refused"
        self.consider(now)

    def _refusal_pause(self) -> float:
        planned = min(self.desk.settings.pace.refusal_pause * 2**self._refusals, _LONGEST_REFUSAL_PAUSE_S)
        return self.desk.conduct.refusal_pause(planned)

    def _give_up(self) -> None:
        self._open, self.desk.memory.awaits_answer = None, False

    def again(self, now: float) -> None:
        """Offenders only: send a list that was confirmed once more."""
        self._must_tell = True
        self.consider(now)

    def send_out_of_turn(self) -> None:
        """Offenders only: send a list that nobody waits for."""
        self.book.begin(self._time())
        self._say(self.book.current(), "out of turn")

    def _replay(self) -> None:
        missed, self.desk.memory.missed = self.desk.memory.missed, []
        for entries in missed:
            self._say(entries, "that was missed")

    def _say(self, entries: list[Entry], how: str) -> str:
        message_id, frames = self.desk.scribe.charging_requests(entries)
        self.desk.say(frames, f"ProvideChargingRequests {how}")
        return message_id.lower()

    def _time(self) -> datetime:
        return self.book.time(self.desk.scribe.wall())
