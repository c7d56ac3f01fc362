"""One link's conversation, seen from the CMS: what state it is in, what may be sent, what is still unanswered.

The session follows the wire: only what left unaltered moves it. Receiving something illegal returns violations and
leaves the state; sending something illegal is our bug, unless a fault asked for it. It decides nothing and judges
nobody: answers are the behaviour's, verdicts the checkers'.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

from mockpilot.errors import LocalProtocolError
from mockpilot.protocol.envelope import Action, Envelope, MessageType


class State(enum.Enum):
    """Where a link stands after its upgrade."""

    UNBOOTED = "unbooted"  # no boot was accepted yet; nothing else may be exchanged
    REJECTED = "rejected"  # the last boot was rejected; a new one is judged afresh
    BOOTED = "booted"      # Accepted was handed; pushes may begin
    EXCHANGE = "exchange"  # a push was handed; lists may come


class Trigger(enum.Enum):
    """What moves a link from state to state: only messages of ours."""

    ACCEPTED = "boot confirmation: Accepted"
    REJECTED = "boot confirmation: Rejected"
    PUSH = "ProvideChargingInformation request"


TRANSITIONS: dict[State, dict[Trigger, State]] = {
    State.UNBOOTED: {Trigger.ACCEPTED: State.BOOTED, Trigger.REJECTED: State.REJECTED},
    State.REJECTED: {Trigger.ACCEPTED: State.BOOTED, Trigger.REJECTED: State.REJECTED},
    State.BOOTED: {Trigger.ACCEPTED: State.BOOTED, Trigger.PUSH: State.EXCHANGE, Trigger.REJECTED: State.REJECTED},
    State.EXCHANGE: {Trigger.ACCEPTED: State.EXCHANGE, Trigger.PUSH: State.EXCHANGE, Trigger.REJECTED: State.REJECTED},
}
"""All transitions; a trigger that is missing is illegal in that state."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A message that should not have come now; a fact, not a verdict."""

    what: str


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request of ours that awaits its answer."""

    message_id: str
    action: Action
    sent_at: float


class Session:
    """The state of one link."""

    def __init__(self) -> None:
        self.state = State.UNBOOTED
        self.open: dict[str, OpenRequest] = {}

    @property
    def is_booted(self) -> bool:
        """Whether pushes may be sent."""
        return self.state in (State.BOOTED, State.EXCHANGE)

    def forget(self) -> None:
        """Lose everything: the link is un-booted, and nothing is awaited any more."""
        self.state = State.UNBOOTED
        self.open.clear()

    def receive(self, envelope: Envelope) -> tuple[Violation, ...]:
        """Take note of a message of the presystem."""
        if envelope.message_type is MessageType.REQUEST:
            return self._receive_request(envelope.action)
        answered = self.open.pop(envelope.message_id.lower(), None)
        if answered is None:
            return (Violation(f"an answer to {envelope.action} that nobody asked for"),)
        if answered.action is not envelope.action:
            return (Violation(f"an answer to {answered.action} that names {envelope.action}"),)
        return ()

    def _receive_request(self, action: Action) -> tuple[Violation, ...]:
        if action is Action.PROVIDE_CHARGING_INFORMATION:
            return (Violation("a presystem may not request ProvideChargingInformation"),)
        if action is Action.PROVIDE_CHARGING_REQUESTS and self.state is not State.EXCHANGE:
            early = "before the first push" if self.is_booted else "before an accepted boot"
            return (Violation(f"ProvideChargingRequests {early}"),)
        return ()

    def sent(self, envelope: Envelope, at: float, *, deliberate: bool = False) -> None:
        """Take note of a message of ours that left unaltered.

        Args:
            envelope: the message.
            at: seconds on the run's clock.
            deliberate: a fault chose the moment; what is illegal then leaves the state as it is.

        Raises:
            LocalProtocolError: it is illegal in this state, and no fault asked for it.
        """
        trigger = _trigger(envelope)
        if trigger is not None:
            follows = TRANSITIONS[self.state].get(trigger)
            if follows is None and not deliberate:
                raise LocalProtocolError(f"{trigger.value} is illegal on a link that is {self.state.value}")
            self.state = follows or self.state
        if envelope.message_type is MessageType.REQUEST:
            self.open[envelope.message_id.lower()] = OpenRequest(envelope.message_id, envelope.action, at)


def next_tick(first_at: float, interval_s: float, now: float) -> float:
    """When the next push is due: first push + n · interval, so ticks never drift and a missed one is skipped.

    >>> next_tick(2.0, 15.0, 2.0), next_tick(2.0, 15.0, 50.0)
    (17.0, 62.0)
    """
    number = math.floor((now - first_at) / interval_s) + 1
    # A quotient can fall just short of the tick that has just been: then that one would come twice.
    return first_at + (number if first_at + number * interval_s > now else number + 1) * interval_s


def _trigger(envelope: Envelope) -> Trigger | None:
    if envelope.action is Action.PROVIDE_CHARGING_INFORMATION and envelope.message_type is MessageType.REQUEST:
        return Trigger.PUSH
    if envelope.action is Action.BOOT_NOTIFICATION and envelope.message_type is MessageType.CONFIRMATION:
        accepted = isinstance(envelope.payload, dict) and envelope.payload.get("status") == "Accepted"
        return Trigger.ACCEPTED if accepted else Trigger.REJECTED
    return None
