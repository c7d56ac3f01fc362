"""Messages out of the ordinary: pushes that meet a fault one by one, and a confirmation on another link."""

from __future__ import annotations

from mockpilot.control import Control
from mockpilot.errors import ScenarioError
from mockpilot.faults.injector import Armed
from mockpilot.faults.verbs import Fault, inject
from mockpilot.history.events import Event, MessageSent
from mockpilot.protocol.envelope import MessageType, Source, answer_to, write
from mockpilot.scenario.matching import envelope_of, is_answer_to, is_end
from mockpilot.scenario.waiting import Waits


class Meeting:
    """What the presystem meets on one CMS."""

    def __init__(self, control: Control, waits: Waits) -> None:
        self._control, self._waits = control, waits

    async def push(self, fault: Fault, pushes: int) -> bool:
        """Push with a fault at work on these pushes alone; answers whether the presystem confirmed them all."""
        armed, confirmed = self._control.arm(fault), True
        for place in range(pushes):
            before = len(self._control.recorder.history)
            self._control.push()
            if place == pushes - 1:
                self._control.disarm(armed)
            confirmed = await self._is_confirmed(armed.name, before) and confirmed
        return confirmed

    async def _is_confirmed(self, fault: str, since: int) -> bool:
        sent = [event for event in self._control.recorder.history[since:]
                if isinstance(event, MessageSent) and event.fault == fault]  # fmt: skip
        asked = envelope_of(sent[0]) if sent else None
        if asked is None:
            return False
        with self._waits.patience("confirm_within"):
            event = await self._waits.any(
                lambda event: is_answer_to(event, asked.message_id) or is_end(event, sent[0].link)
            )
            said = envelope_of(event)
            return said is not None and said.message_type is MessageType.CONFIRMATION
        return False

    def confirm_here(self, asked: Event) -> Armed:
        """Confirm a request that came earlier, on whatever link is live now."""
        request = envelope_of(asked)
        if request is None:
            raise ScenarioError("confirm_here: the event of a request is expected, such as obtain_list answers")
        stamp = self._control.server.world.clock.stamp()
        answer = answer_to(request, MessageType.CONFIRMATION, {}, source=Source.CMS, timestamp=stamp)
        return self._control.arm(inject("message", text=write(answer)))
