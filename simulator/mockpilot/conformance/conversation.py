"""Links with frames in and out, in the terms in which rules are written. Judges nothing.

How they are built of a recording's events is told in ``links``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mockpilot.history.events import (
    CloseSent,
    Event,
    FirstBytes,
    LinkEnded,
    Message,
    MessageReceived,
    PingSent,
    ProtocolBroken,
    TcpAccepted,
    TlsEstablished,
    TlsFailed,
    UpgradeAnswered,
    UpgradeRequested,
    WentSilent,
)
from mockpilot.protocol.envelope import Action, Envelope, MessageType, Reading, same_id

KINDS = ("BMS", "ITCS")
SOUND_CERTIFICATES = frozenset({"good", "rotated", "tls-1.2-only", "tls-1.3-only"})
"""Handshakes that a conforming presystem may well get through: what follows on such a link is judged like any."""
OLD_TLS = "tls-old"


@dataclass(frozen=True, slots=True)
class Frame:
    """One message on a link, either way."""

    event: Message
    reading: Reading

    @property
    def index(self) -> int:
        """Its event's index."""
        return self.event.index

    @property
    def at(self) -> float:
        """When it was read, or handed to the link, in seconds."""
        return self.event.at

    @property
    def envelope(self) -> Envelope | None:
        """What it says, None if that cannot be read."""
        return self.reading.envelope

    @property
    def fault(self) -> str | None:
        """Name of the fault that touched it."""
        return getattr(self.event, "fault", None)

    def is_a(self, message_type: MessageType, action: Action) -> bool:
        """Whether it is readable and of this kind."""
        return (
            self.envelope is not None
            and self.envelope.message_type is message_type
            and self.envelope.action is action
        )

    @property
    def is_answer(self) -> bool:
        """Whether it is a readable confirmation or error answer."""
        return self.envelope is not None and self.envelope.message_type is not MessageType.REQUEST


@dataclass(eq=False)
class Link:
    """One TCP connection that began in this recording."""

    number: int
    begun: TcpAccepted
    instance: int
    """Which product process it belongs to, counted by its starts."""
    first_bytes: FirstBytes | None = None
    tls: TlsEstablished | None = None
    tls_failed: TlsFailed | None = None
    upgrades: list[UpgradeRequested] = field(default_factory=list)
    upgrade_answers: list[UpgradeAnswered] = field(default_factory=list)
    opened: UpgradeAnswered | None = None
    """Our 101."""
    ending: Event | None = None
    """The first sign that it ends: a Close either way, an end, our drop, our silence."""
    silent: WentSilent | None = None
    broken: ProtocolBroken | None = None
    ended: LinkEnded | None = None
    closes_sent: list[CloseSent] = field(default_factory=list)
    received: list[Frame] = field(default_factory=list)
    sent: list[Frame] = field(default_factory=list)
    withheld: list[Frame] = field(default_factory=list)
    pings: list[PingSent] = field(default_factory=list)
    failed_sends: set[int] = field(default_factory=set)
    """Indexes of frames that could not be written after all."""
    signs: list[Event] = field(default_factory=list)
    """Whatever shows that the product is there: frames, pings, pongs, its own end of the link."""
    accepted: Frame | None = None
    """Our first confirmation that says Accepted under the id of a boot."""

    @property
    def elsewhere(self) -> bool:
        """Whether it came to the other host of ours, to which a redirect points."""
        return self.begun.elsewhere

    @property
    def certificate(self) -> str:
        """Which certificate, or version of TLS, it was shown."""
        return self.tls.certificate if self.tls is not None else self.begun.certificate

    @property
    def bad_certificate(self) -> bool:
        """Whether it was shown a certificate that is bad on purpose."""
        return self.certificate not in SOUND_CERTIFICATES and self.certificate != OLD_TLS

    @property
    def tainted(self) -> bool:
        """Broken by us below the messages: only what the fault aims at is judged here."""
        below = self.certificate not in SOUND_CERTIFICATES
        return below or (self.opened is not None and self.opened.fault is not None)

    def ended_inside_tls(self) -> bool:
        """Whether nothing but a handshake came of it, whoever had enough."""
        return (self.tls_failed is not None and self.tls_failed.hello_seen) or self.ended_inside_tls_by_peer()

    def ended_inside_tls_by_peer(self) -> bool:
        """Whether the peer began a handshake and left without a byte inside TLS, as one does that trusts us not."""
        if self.tls_failed is not None:
            return self.tls_failed.hello_seen and self.tls_failed.ended_by == "product"
        left = self.ended is not None and self.ended.by == "product" and self.ended.application_bytes == 0
        return self.tls is not None and left

    @property
    def has_bytes(self) -> bool:
        """Whether anything at all came over it."""
        return bool(self.first_bytes or self.tls or self.tls_failed or self.upgrades)

    def alive_until(self, at: float) -> bool:
        """Whether it showed no sign of ending before a time."""
        return self.ending is None or self.ending.at > at

    def in_order(self) -> list[Frame]:
        """Frames in that are judged for order, number and answers: read before the link began to end."""
        return [frame for frame in self.received if not self.is_late(frame)]

    def is_late(self, frame: Frame) -> bool:
        """Whether a frame was read while the link was ending."""
        ending = isinstance(frame.event, MessageReceived) and frame.event.ending
        return ending or (self.ending is not None and frame.index > self.ending.index)

    def requests(self, action: Action) -> list[Frame]:
        """The product's requests of one kind, in order."""
        return [frame for frame in self.in_order() if frame.is_a(MessageType.REQUEST, action)]

    @property
    def boots(self) -> list[Frame]:
        """The product's BootNotifications."""
        return self.requests(Action.BOOT_NOTIFICATION)

    def boot_answers(self) -> list[Frame]:
        """What we handed in answer to boots, right or not."""
        return [frame for frame in self.sent if frame.is_answer and _action(frame) is Action.BOOT_NOTIFICATION]

    def pushes_handed(self) -> list[Frame]:
        """Every push as it was handed, repeated ones each time."""
        return [f for f in self.sent if f.is_a(MessageType.REQUEST, Action.PROVIDE_CHARGING_INFORMATION)]

    @property
    def kind(self) -> str:
        """What the first boot declares: a BMS and an ITCS of one product keep lists of their own; empty if none."""
        said = self.boots[0].envelope if self.boots else None
        payload = said.payload if said is not None and isinstance(said.payload, dict) else {}
        kind = payload.get("presystem", payload.get("systemType"))
        return kind if kind in KINDS else ""

    def sign_of_life_after(self, index: int) -> Event | None:
        """The first sign after an event that the product is there."""
        return next((sign for sign in self.signs if sign.index > index), None)


def boot_status(answer: Frame, boots: Iterable[Frame]) -> str | None:
    """The status that an answer gives one of these boots, ``Error`` for an error; None if it is no right answer."""
    said = answer.envelope
    if said is None or not answer.is_answer or said.action is not Action.BOOT_NOTIFICATION:
        return None
    asked = [boot.envelope for boot in boots if boot.index < answer.index and boot.envelope is not None]
    if not any(same_id(said.message_id, boot.message_id) and said.presystem_id == boot.presystem_id for boot in asked):
        return None
    if said.message_type is MessageType.ERROR:
        return "Error"
    whole = isinstance(said.payload, dict) and said.payload.keys() == {"status"}
    return str(said.payload["status"]) if whole else None


def _action(frame: Frame) -> Action | None:
    return frame.envelope.action if frame.envelope is not None else None
