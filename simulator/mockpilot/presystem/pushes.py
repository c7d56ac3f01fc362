"""Taking pushes on one link: confirm what can be read, and notice when no more come.

Knows no charging requests; what a push tells is handed on.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mockpilot.presystem.conduct import Arrival, Taking, Upset
from mockpilot.presystem.desk import Desk, Due
from mockpilot.presystem.information import Information, read_information
from mockpilot.presystem.letters import Frames
from mockpilot.protocol.envelope import Envelope


@dataclass(slots=True)
class Pushes:
    """One link's pushes and their answers."""

    desk: Desk
    _waiting: list[tuple[float, Frames]] = field(default_factory=list)
    """Confirmations that are kept back, and until when."""

    def received(self, message: Envelope, size: int, now: float, *, list_is_open: bool) -> Information | None:
        """Take a push and answer it.

        Args:
            message: the push.
            size: its characters.
            now: when it came.
            list_is_open: a list of ours is on its way, which some offenders wait for.

        Returns:
            What it tells; None if that cannot be read or is not listened to.
        """
        self.desk.memory.rhythm.pushed(now)
        if self.desk.accepted:
            self.listen_on(now)
        else:
            self.desk.upset(Upset.EARLY_PUSH)
        if self.desk.memory.deaf or self._is_passed_over(list_is_open) or self._takes_otherwise(message, size):
            return None
        information = read_information(message.payload, self.desk.settings.presystem_id)
        if information is None:
            self.desk.say(self.desk.scribe.error(message, "depotInfoList is missing"), "an error answer")
        else:
            self._confirm(message, now)
        return information

    def listen_on(self, now: float) -> None:
        """Give the CMS time for its next push."""
        if self.desk.conduct.notices_silence:
            patience = self.desk.settings.silence_after_s or self.desk.memory.rhythm.silence_after()
            self.desk.agenda.put(Due.SILENCE, now + patience)

    def silence(self, now: float) -> None:
        """The next push did not come."""
        if self.desk.conduct.keeps_silent_links:
            self.desk.wants_company = True
        else:
            self.desk.leaving = "pushes are missing"

    def answer_waiting(self, now: float) -> None:
        """Send the confirmations that waited long enough."""
        while self._waiting and self._waiting[0][0] <= now:
            self.desk.say(self._waiting.pop(0)[1])
        self._plan_answer()

    def _confirm(self, message: Envelope, now: float) -> None:
        confirmation, delay_s = self.desk.scribe.confirmation(message), self.desk.conduct.answer_delay_s
        if self.desk.conduct.bursts_s:
            self._keep_for_burst(confirmation, now)
        elif delay_s:
            self._waiting.append((now + delay_s, confirmation))
            self._plan_answer()
        else:
            self.desk.say(confirmation)

    def _keep_for_burst(self, confirmation: Frames, now: float) -> None:
        every_s = self.desk.conduct.bursts_s
        self._waiting.insert(0, ((now // every_s + 1) * every_s, confirmation))
        self._waiting.sort(key=lambda waiting: waiting[0])
        self._plan_answer()

    def _plan_answer(self) -> None:
        if self._waiting:
            self.desk.agenda.put(Due.ANSWER, self._waiting[0][0])

    def _is_passed_over(self, list_is_open: bool) -> bool:
        return list_is_open and not self.desk.conduct.answers_while_list_is_open

    def _takes_otherwise(self, message: Envelope, size: int) -> bool:
        arrival = Arrival(message, size, self.desk.scribe.wall(), early=not self.desk.accepted)
        taking = self.desk.conduct.takes(arrival)
        if taking is Taking.AS_AN_ERROR:
            self.desk.say(self.desk.scribe.error(message, "not understood"), "an error answer")
        elif taking is Taking.BADLY:
            self.desk.leaving = "a push was not understood"
        self.desk.memory.deaf = taking is Taking.FOR_GOOD
        return taking is not Taking.AS_MEANT
