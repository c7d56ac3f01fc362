"""The conversation on one link: boot, wait for Accepted, answer pushes, send lists until they are confirmed.

Pure: frames and the time (seconds of one monotonic clock) come in, frames to send come out of ``take``. Whoever
carries the link calls ``tick`` no later than ``due`` and leaves when ``leaving`` says why. What is done about boots,
pushes and lists is their modules' affair; here stands what goes to whom, and what follows from one for another.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from mockpilot.presystem.booting import Booting
from mockpilot.presystem.conduct import Opening, Upset
from mockpilot.presystem.desk import Desk, Due, Log, Memory
from mockpilot.presystem.letters import Frames, Scribe
from mockpilot.presystem.lists import Lists
from mockpilot.presystem.pushes import Pushes
from mockpilot.presystem.requests import RequestBook
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType


class Exchange:
    """One link's conversation."""

    def __init__(self, scribe: Scribe, book: RequestBook, memory: Memory, log: Log) -> None:
        self._desk = Desk(scribe, memory, log)
        self._booting, self._pushes, self._lists = Booting(self._desk), Pushes(self._desk), Lists(self._desk, book)
        self._acts: dict[Due, Callable[[float], None]] = {
            Due.BOOT: self._booting.boot,
            Due.BOOT_UNANSWERED: self._booting.unanswered,
            Due.LIST: self._lists.due,
            Due.EARLY_LIST: self._early_list,
            Due.HASTY_BOOT: self._booting.boot_in_haste,
            Due.ANSWER: self._pushes.answer_waiting,
            Due.LIST_AGAIN: self._lists.again,
            Due.SILENCE: self._pushes.silence,
            Due.WORN: self._worn,
        }

    @property
    def accepted(self) -> bool:
        """Whether a boot was."""
        return self._desk.accepted

    @property
    def leaving(self) -> str | None:
        """Why the link should be closed from our side; None while it shouldn't."""
        return self._desk.leaving

    def opened(self, now: float) -> None:
        """The link is open."""
        self._desk.memory.rhythm.link_opened()
        self._lists.opened()
        if self._desk.conduct.link_lasts_s < math.inf:
            self._desk.agenda.put(Due.WORN, now + self._desk.conduct.link_lasts_s)
        for opening in self._desk.conduct.opening(self._desk.memory.been_accepted):
            if opening is Opening.LIST:
                self._lists.send_out_of_turn()
            else:
                self._booting.plan(now)

    def received(self, frame: str | bytes, now: float) -> None:
        """A message came; what cannot be read is passed over."""
        message = envelope.read(frame).envelope
        if message is None:
            self._desk.upset(Upset.MALFORMED)
            self._desk.log("ignored a message that is no envelope")
        elif message.message_type is not MessageType.REQUEST:
            self._answered(message, now)
        elif message.action is Action.PROVIDE_CHARGING_INFORMATION:
            self._pushed(message, len(frame), now)
        else:
            self._desk.log(f"ignored a request that a CMS doesn't send: {message.action}")

    def changed(self, now: float) -> None:
        """The charging requests have changed."""
        self._lists.consider(now)

    def due(self) -> float:
        """When ``tick`` is needed next."""
        return self._desk.agenda.next_at()

    def tick(self, now: float) -> None:
        """Do whatever is due."""
        for due in self._desk.agenda.ripe(now):
            self._acts[due](now)

    def take(self) -> Frames:
        """Frames to send now, in order; each is handed out once."""
        return self._desk.take()

    def calls_for_company(self) -> bool:
        """Offenders only: whether another link should be opened beside this one; each call is heard once."""
        called, self._desk.wants_company = self._desk.wants_company, False
        return called

    def _pushed(self, message: Envelope, size: int, now: float) -> None:
        information = self._pushes.received(message, size, now, list_is_open=self._lists.is_open)
        if information is not None:
            self._lists.learn(information, envelope.parse_timestamp(message.timestamp))
            self._lists.consider(now)

    def _answered(self, message: Envelope, now: float) -> None:
        if message.presystem_id != self._desk.settings.presystem_id:
            self._desk.log(f"ignored an answer to another presystem: {message.presystem_id}")
        elif not self._was_waited_for(message, now):
            if self._lists.is_settled(message.message_id):
                self._desk.upset(Upset.SECOND_CONFIRMATION)
            self._desk.log(f"ignored an answer that nobody waits for: {message.action} {message.message_id}")
        elif self._desk.conduct.confirms_confirmations:
            self._desk.say(self._desk.scribe.thanks(message), "a confirmation of a confirmation")

    def _was_waited_for(self, message: Envelope, now: float) -> bool:
        match message.action:
            case Action.BOOT_NOTIFICATION:
                return self._boot_answered(message, now)
            case Action.PROVIDE_CHARGING_REQUESTS:
                return self._lists.answered(message, now)
        return False

    def _boot_answered(self, message: Envelope, now: float) -> bool:
        before = self.accepted
        waited = self._booting.answered(message, now)
        if self.accepted and not before:
            self._pushes.listen_on(now)
            self._lists.consider(now)
        return waited

    def _worn(self, _now: float) -> None:
        self._desk.leaving = "it is time for a new link"

    def _early_list(self, now: float) -> None:
        self._lists.send_out_of_turn()
        self._booting.plan_early_list(now)
