"""What the presystem writes: envelopes with its name, its clock and fresh message ids.

Knows neither links nor order; whoever asks for a letter decides that it is time for one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mockpilot.presystem.conduct import Conduct
from mockpilot.presystem.settings import Settings
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType

Frames = Sequence[str | bytes]
"""Texts of WebSocket messages; bytes make a binary one."""


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes for one presystem."""

    settings: Settings
    conduct: Conduct
    wall: Callable[[], datetime]
    """The time of day, with offset. Time stamps are always this clock's, whatever pushes say: a CMS whose clock is
    wrong, or runs faster on purpose, does not make ours wrong."""
    chance: random.Random

    def request(self, action: Action, payload: Any) -> tuple[str, Frames]:
        """A request message: its message id, and the frames to send."""
        message_id = self.conduct.message_id(envelope.new_message_id(self.chance.getrandbits(128)))
        settings = self.settings
        message = Envelope(
            MessageType.REQUEST, settings.kind, settings.presystem_id, self._now(), message_id, action, payload
        )
        return message_id, self._frames([message])

    def boot(self) -> tuple[str, Frames]:
        """A BootNotification."""
        return self.request(Action.BOOT_NOTIFICATION, {self.settings.wording.boot_key: self.settings.kind})

    def charging_requests(self, entries: Sequence[Any]) -> tuple[str, Frames]:
        """A ProvideChargingRequests with these entries."""
        return self.request(Action.PROVIDE_CHARGING_REQUESTS, {"chargingRequestList": list(entries)})

    def confirmation(self, push: Envelope) -> Frames:
        """What answers a push: receipt, nothing more."""
        return self._frames(self.conduct.answers(self._answer(push, MessageType.CONFIRMATION, {})))

    def error(self, push: Envelope, text: str) -> Frames:
        """An error answer to a push that cannot be read."""
        payload = {self.settings.wording.error_key: text}
        return self._frames([self._answer(push, MessageType.ERROR, payload)])

    def thanks(self, confirmation: Envelope) -> Frames:
        """A confirmation of a confirmation, which nobody conforming sends."""
        return self._frames([self._answer(confirmation, MessageType.CONFIRMATION, {})])

    def _answer(self, message: Envelope, message_type: MessageType, payload: Any) -> Envelope:
        settings = self.settings
        # The CMS's own spelling of our id is not copied: ours is the one that was agreed.
        return Envelope(
            message_type, settings.kind, settings.presystem_id, self._now(), message.message_id, message.action, payload
        )

    def _now(self) -> str:
        return envelope.format_timestamp(self.wall())

    def _frames(self, messages: Sequence[Envelope]) -> Frames:
        return [frame for message in messages for frame in self.conduct.spelling(self.conduct.message(message))]
