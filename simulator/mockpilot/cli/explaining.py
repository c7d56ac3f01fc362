"""One connection, step by step, for whoever sets a product up: what was seen, and what it may mean. Judges nothing.

Pure: takes events, gives lines. A mark stands before each: ``✓`` as it should be, ``!`` look at this, ``·`` for your
information, ``✗`` it cannot go on like this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from mockpilot.cli.getting_in import GETTING_IN, Line, getting_in
from mockpilot.durations import format_duration
from mockpilot.history.events import (
    BootRead,
    Event,
    LinkEnded,
    MessageReceived,
    MessageSent,
    ProtocolBroken,
    TcpAccepted,
    UpgradeAnswered,
)
from mockpilot.profile import Profile
from mockpilot.protocol.envelope import Action, Envelope, MessageType, parse_timestamp, read
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import dialect

PUSHES = 2
"""So many answered pushes, and the set-up is shown to work."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the product has to do next, and how long it may take."""

    what: str
    within_s: float

    def __str__(self) -> str:
        return f"waiting for {self.what}, {format_duration(self.within_s)} at most"


@dataclass(slots=True)
class Connection:
    """What is known of one connection so far."""

    at: float
    opened_at: float | None = None
    booted: bool = False
    told_interval: bool = False
    told_late: bool = False
    pushes: dict[str, float] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)


class Explainer:
    """Explains connections as their events come in.

    Args:
        profile: what the product should do.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._dialect = dialect(profile.presystem.dialect)
        self._connections: dict[int, Connection] = {}
        self.awaited = Awaited("a connection from the product", profile.limits.connect_within)
        """What the product has to do next."""
        self.ready = False
        """A link went all the way: boot, and pushes that were confirmed."""
        self.requests_seen = False
        self.remarks = 0

    def take(self, event: Event) -> list[Line]:
        """Explain one event; most need no words."""
        step = self._STEPS.get(type(event))
        if step is None or event.link is None:
            return []
        if isinstance(event, TcpAccepted):
            self._connections[event.link] = Connection(event.at)
        known = self._connections.get(event.link)
        lines = list(step(self, event, known)) if known is not None else []
        self.remarks += sum(mark in "!✗" for mark, _, _ in lines)
        return lines

    def _getting_in(self, event: Event, known: Connection) -> Iterator[Line]:
        return getting_in(event, self._profile, event.at - known.at)

    def _answered(self, event: UpgradeAnswered, known: Connection) -> Iterator[Line]:
        if event.status == 101:
            known.opened_at = event.at
            yield "·", "link", f"open; {self._wait('its BootNotification', self._profile.limits.boot_never)}"
        else:
            yield "·", "answer", f"refused with {event.status}; {self._wait_again('its next attempt')}"

    def _wait(self, what: str, within_s: float) -> Awaited:
        self.awaited = Awaited(what, within_s)
        return self.awaited

    def _wait_again(self, what: str) -> Awaited:
        return self._wait(what, self._profile.limits.connect_within)

    def _received(self, event: MessageReceived, known: Connection) -> Iterator[Line]:
        reading = read(event.text) if event.text is not None else None
        if reading is None or reading.envelope is None or reading.defects:
            troubles = ", ".join(defect.trouble for defect in reading.defects) if reading else "no text"
            yield "!", "message", f"not as the envelope should be: {troubles}"
        if reading is not None and reading.envelope is not None:
            yield from self._envelope(reading.envelope, event, known)

    def _envelope(self, envelope: Envelope, event: Event, known: Connection) -> Iterator[Line]:
        match envelope.message_type, envelope.action:
            case MessageType.REQUEST, Action.BOOT_NOTIFICATION:
                yield from self._boot(envelope, event, known)
            case MessageType.REQUEST, Action.PROVIDE_CHARGING_REQUESTS:
                yield from self._list(envelope)
            case _, Action.PROVIDE_CHARGING_INFORMATION:
                yield from self._answer(envelope, event, known)

    def _boot(self, envelope: Envelope, event: Event, known: Connection) -> Iterator[Line]:
        found = violations(envelope.payload, self._dialect, envelope.action, envelope.message_type)
        after = format_duration(event.at - (known.opened_at or known.at))
        if found:
            yield "✗", "boot", f"payload: {found[0].path}: {found[0].problem}          explain boot.payload"
        else:
            yield "✓", "boot", f"{after} after the upgrade, valid in dialect {self._dialect.name}"
        yield from self._clock(envelope, event)

    def _boot_read(self, event: BootRead, _known: Connection) -> Iterator[Line]:
        yield "·", "boot", f"read as {event.presystem_kind}, from the key {event.key}"

    def _clock(self, envelope: Envelope, event: Event) -> Iterator[Line]:
        theirs, ours = parse_timestamp(envelope.timestamp), parse_timestamp(event.wall)
        if theirs is None or ours is None:
            return
        ahead_s = (theirs - ours).total_seconds()
        if abs(ahead_s) <= self._profile.limits.clock_skew:
            yield "✓", "clock", f"{abs(ahead_s):.1f} s {'ahead of' if ahead_s > 0 else 'behind'} ours"
            return
        hint = "; local time labelled as UTC?" if abs(ahead_s) > 1700 and envelope.timestamp.endswith("Z") else ""
        yield "!", "clock", f"the product is {abs(ahead_s):,.0f} s {'ahead' if ahead_s > 0 else 'behind'}{hint}"

    def _list(self, envelope: Envelope) -> Iterator[Line]:
        self.requests_seen = True
        found = violations(envelope.payload, self._dialect, envelope.action, envelope.message_type)
        if found:
            yield "!", "requests", f"a list that is not valid: {found[0].path}: {found[0].problem}"
            return
        yield "✓", "requests", f"a list of {len(envelope.payload['chargingRequestList'])}"

    def _answer(self, envelope: Envelope, event: Event, known: Connection) -> Iterator[Line]:
        pushed_at = known.pushes.pop(envelope.message_id.lower(), None)
        if pushed_at is None or envelope.message_type is MessageType.ERROR:
            word = "an error answer" if envelope.message_type is MessageType.ERROR else "an answer with another id"
            yield "!", "inform", f"{word} to a push          explain correlation.echoes-message-id"
            return
        known.answers.append(event.at - pushed_at)
        if len(known.answers) < PUSHES:
            interval_s = self._profile.cms.push_interval_s
            self._wait("the confirmation of the next push", interval_s + self._profile.limits.confirm_within)
            yield "✓", "inform", (f"confirmed after {format_duration(known.answers[-1])}; the next push follows "
                                  f"{format_duration(interval_s)} after this one")  # fmt: skip
        elif len(known.answers) == PUSHES:
            self.ready = True
            took = " and ".join(format_duration(seconds) for seconds in known.answers)
            yield "✓", "inform", f"{PUSHES} pushes confirmed, after {took}"

    def _sent(self, event: MessageSent, known: Connection) -> Iterator[Line]:
        envelope = read(event.text or "").envelope
        if envelope is None:
            return
        match envelope.message_type, envelope.action:
            case MessageType.CONFIRMATION, Action.BOOT_NOTIFICATION:
                yield "✓", "boot", f"confirmed: {envelope.payload.get('status', '')}; a push follows at once"
            case MessageType.ERROR, _:
                yield "·", "answer", f"we answered by an error: {next(iter(envelope.payload.values()), '')}"
            case MessageType.REQUEST, Action.PROVIDE_CHARGING_INFORMATION:
                yield from self._pushed(envelope, event, known)

    def _pushed(self, envelope: Envelope, event: MessageSent, known: Connection) -> Iterator[Line]:
        within_s = self._profile.limits.confirm_within
        if not known.pushes and len(known.answers) < PUSHES:
            yield "·", "inform", f"push sent; {self._wait('its confirmation', within_s)}"
        oldest = min(known.pushes.values(), default=event.at)
        if event.at - oldest > within_s and not known.told_late:
            known.told_late = True
            yield "!", "inform", (f"a push is unanswered for {format_duration(event.at - oldest)}; its confirmation is "
                                  f"expected within {format_duration(within_s)}")  # fmt: skip
        known.pushes[envelope.message_id.lower()] = event.at
        yield from self._interval(known)

    def _interval(self, known: Connection) -> Iterator[Line]:
        promised, ours = self._dialect.promised_push_interval_s, self._profile.cms.push_interval_s
        if promised is not None and ours != promised and not known.told_interval:
            known.told_interval = True
            yield "·", "inform", (f"pushes every {format_duration(ours)}, as the profile says; {self._dialect.name} "
                                  f"promises one every {format_duration(promised)}")  # fmt: skip

    def _broken(self, event: ProtocolBroken, _known: Connection) -> Iterator[Line]:
        yield "✗", "frames", f"{event.what}: RFC 6455 forbids it; we close with {event.code}"

    def _ended(self, event: LinkEnded, _known: Connection) -> Iterator[Line]:
        if event.by != "us":
            hint = "; it may not trust the certificate" if not event.application_bytes else ""
            again = "" if self.ready else f"; {self._wait_again('a new connection')}"
            yield "·", "end", f"the product ended the connection: {event.detail}{hint}{again}"

    _STEPS: ClassVar[dict[type[Event], Callable[..., Iterator[Line]]]] = {
        **dict.fromkeys(GETTING_IN, _getting_in),
        UpgradeAnswered: _answered, MessageReceived: _received, BootRead: _boot_read, MessageSent: _sent,
        ProtocolBroken: _broken, LinkEnded: _ended,
    }  # fmt: skip
