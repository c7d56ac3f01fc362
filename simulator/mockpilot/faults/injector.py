"""Decides, message by message and connection by connection, what the armed faults make of it.

It changes nothing itself: the link carries a ``Fate`` out, the server an admission. Evidence is kept beside each
armed fault: when it was armed, when it fired (strikes), when its effect was seen. Nothing armed means every message
passes untouched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mockpilot.errors import ScenarioError
from mockpilot.faults.verbs import Fault, Selector
from mockpilot.protocol.envelope import Action, Envelope, MessageType


@dataclass(slots=True)
class Armed:
    """A fault at work, with its evidence."""

    name: str
    fault: Fault
    matched: int = 0
    fired: int = 0
    seen: bool = False
    disarmed: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """One copy of a message that leaves."""

    envelope: Envelope
    after_s: float = 0.0
    fault: str | None = None
    unaltered: bool = True
    """Whether the session may take note of it: what was altered or came as a copy moves nothing."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one message of ours."""

    departures: tuple[Departure, ...]
    applied: bool = True
    struck: tuple[Armed, ...] = ()

    @property
    def withheld_by(self) -> str | None:
        """Name of the fault that kept the message from the link, None if it leaves."""
        return None if self.departures else self.struck[0].name


class Injector:
    """The armed faults of one scenario.

    Args:
        error_key: key of the text in an error answer, as the dialect spells it.
    """

    def __init__(self, error_key: str = "message") -> None:
        self.armed: list[Armed] = []
        self._error_key = error_key
        self._numbers: dict[str, int] = {}

    def arm(self, fault: Fault) -> Armed:
        """Put a fault to work; it gets a name of its own if it has none."""
        taken = {armed.name for armed in self.armed}
        if fault.name in taken:
            raise ScenarioError(f"fault {fault.name!r} is armed already; give the second one another name")
        name = fault.name or self._next_name(fault.do, taken)
        armed = Armed(name, fault)
        self.armed.append(armed)
        return armed

    def disarm(self, armed: Armed) -> None:
        """Take a fault out; its evidence stays."""
        armed.disarmed = True

    def _next_name(self, verb: str, taken: set[str]) -> str:
        while True:
            self._numbers[verb] = self._numbers.get(verb, 0) + 1
            name = verb if self._numbers[verb] == 1 else f"{verb}-{self._numbers[verb]}"
            if name not in taken:
                return name

    def _at_work(self, *verbs: str) -> list[Armed]:
        return [armed for armed in self.armed if not armed.disarmed and armed.fault.do in verbs]

    # -- our messages ----------------------------------------------------------------------------------------------

    def fate_of(self, envelope: Envelope) -> Fate:
        """Decide what becomes of a message of ours; the first fault that strikes has it."""
        for armed in self._at_work("lose", "delay", "repeat", "answer"):
            if _strikes(armed, envelope.message_type, envelope.action):
                return self._struck(armed, envelope)
        return Fate((Departure(envelope),))

    def _struck(self, armed: Armed, envelope: Envelope) -> Fate:
        fault, name = armed.fault, armed.name
        match fault.do:
            case "lose":
                departures: tuple[Departure, ...] = ()
            case "delay":
                departures = (Departure(envelope, fault.by_s, name),)
            case "repeat":
                departures = tuple(
                    Departure(envelope, copy * fault.gap_s, name if copy else None, unaltered=copy == 0)
                    for copy in range(fault.times)
                )
            case _:
                departures = (Departure(self._otherwise(fault, envelope), fault.by_s, name, fault.kind == "rejected"),)
        return Fate(departures, fault.applied, (armed,))

    def _otherwise(self, fault: Fault, envelope: Envelope) -> Envelope:
        match fault.kind:
            case "rejected":
                return replace(envelope, payload={"status": "Rejected"})
            case "wrong-id":
                return replace(envelope, message_id=_other_uuid(envelope.message_id))
            case "wrong-action":
                return replace(envelope, action=_other_action(envelope.action))
            case "wrong-presystem":
                return replace(envelope, presystem_id=envelope.presystem_id + "-other")
        text = fault.text or "The request was refused."
        return replace(envelope, message_type=MessageType.ERROR, payload={self._error_key: text})

    # -- their messages and connections ----------------------------------------------------------------------------

    def drop_for(self, envelope: Envelope) -> Armed | None:
        """The drop that a message of the presystem sets off, if any."""
        for armed in self._at_work("drop"):
            if armed.fault.when != "now" and _strikes(armed, envelope.message_type, envelope.action):
                return armed
        return None

    def certificate_for_handshake(self) -> Armed | None:
        """The bad certificate that the next handshake shows, if any; it fires when the handshake really begins."""
        return next((armed for armed in self._at_work("certificate") if _has_attempts_left(armed)), None)

    def refusal_of_upgrade(self) -> Armed | None:
        """The refusal that this upgrade request meets, if any."""
        for armed in self._at_work("refuse"):
            if armed.fault.how == "http" and _has_attempts_left(armed):
                armed.fired += 1
                return armed
        return None


def _has_attempts_left(armed: Armed) -> bool:
    return armed.fault.attempts is None or armed.fired < armed.fault.attempts


def _strikes(armed: Armed, message_type: MessageType, action: Action) -> bool:
    selects: Selector = armed.fault.selects
    if selects.type not in (None, message_type) or selects.action not in (None, action):
        return False
    armed.matched += 1
    if selects.nth is not None and armed.matched not in selects.nth:
        return False
    armed.fired += 1
    return True


def _other_uuid(message_id: str) -> str:
    last = message_id[-1:]
    return message_id[:-1] + ("0" if last != "0" else "1")


def _other_action(action: Action) -> Action:
    return next(other for other in Action if other is not action)

