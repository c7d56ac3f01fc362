"""One open WebSocket: reads, answers, pushes and ends; every frame is recorded before anything acts on it.

A nursery per link: a reader, a writer, a push timer and whatever a fault sends later. The link carries out what the
injector decided; it judges nothing and knows no scenario. It ends itself; the server closes the TCP stream under it.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import trio

from mockpilot.cms import behaviour
from mockpilot.cms.ending import SPOKEN, Ending, cut
from mockpilot.cms.frames import CLOSE, PING, PONG, Broken, Control, FrameWatch, Message, close_payload, read_close
from mockpilot.cms.frames import build_frame as frame
from mockpilot.cms.outbox import Handed, Outbox
from mockpilot.cms.pressure import Pressure
from mockpilot.cms.streams import LINGER_S, NetStream, WireStream
from mockpilot.cms.transport import LinkOver, Socket
from mockpilot.cms.world import World
from mockpilot.faults.altering import PING_BETWEEN, Form
from mockpilot.faults.changes.finding import told_points
from mockpilot.faults.holding import edited
from mockpilot.faults.injector import Armed, Departure, Fate, Occasion
from mockpilot.faults.verbs import HOLD, Fault
from mockpilot.history.events import (
    BootRead,
    CloseReceived,
    CloseSent,
    DepotChanged,
    MessageHeld,
    MessageReceived,
    MessageSent,
    MessageWithheld,
    PingReceived,
    PingSent,
    PongReceived,
    PongSent,
    ProtocolBroken,
    WentSilent,
)
from mockpilot.protocol import envelope as envelopes
from mockpilot.protocol.envelope import Action, Envelope, MessageType
from mockpilot.protocol.handshake import mask_secret
from mockpilot.protocol.session import Session, next_tick
from mockpilot.protocol.vocabulary import Unreadable, read_payload

UNWRITTEN_FRAMES = 64
"""Frames waiting for a peer that does not read, beyond which the link is given up: a quarter of an hour of pushes."""
UNWRITTEN_ANSWERS = 16
"""Frames waiting beyond which nothing more is read, so that a peer that asks faster than it listens waits for us."""
FLUSH_S = 1.0
"""How long what was handed before a drop may take to leave."""
_LIBRARY_FAULTS = {1002: "protocol error", 1007: "bad UTF-8", 1009: "message too big"}


_Task = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Inbound:
    envelope: Envelope | None
    slots: tuple[Any, ...]
    index: int
    """Of the event."""
    dropped_by: Armed | None
    when: str
    """At which moment it is dropped; empty if it isn't."""


class Link:
    """One link, from its 101 to its end.

    Args:
        world: what all links share.
        number: of the TCP connection.
        presystem_id: whose account it came in on.
        net, wire: the streams below; the caller closes them.
    """

    def __init__(self, world: World, number: int, presystem_id: str, net: NetStream) -> None:
        self.number, self.presystem_id = number, presystem_id
        self.session = Session()
        self.ending: Ending | None = None
        self.over = trio.Event()
        self._world, self._net = world, net
        self._watch_in, self._watch_out = FrameWatch(masked=True), FrameWatch(masked=False)
        self._inbox: deque[_Inbound] = deque()
        self._booted = trio.Event()
        self._outbox = Outbox(world.recorder, number)
        self._nursery: trio.Nursery | None = None
        self._not_started: list[_Task] = []
        self.next_push_at: float | None = None
        """When the rhythm brings the next push, in seconds of trio's clock; None before the first."""
        self._socket: Socket | None = None
        self.pressure = Pressure(world.recorder, number, net, self._start, self._flood)
        self.wire: WireStream | None = None

    async def run(self, socket: Socket, wire: WireStream) -> None:
        """Serve the link until it is over."""
        self._socket, self.wire, self.pressure.wire = socket, wire, wire
        try:
            async with trio.open_nursery() as nursery:
                self._nursery = nursery
                nursery.start_soon(self._outbox.write, socket, wire)
                nursery.start_soon(self._push_on_time)
                for task in self._not_started:
                    nursery.start_soon(task)
                self._world.on_occasion()
                for seconds in self._world.injector.waits(self._world.clock.now()):
                    self.wake_in(seconds)
                await self._read(socket)
                nursery.cancel_scope.cancel()
        finally:
            self._lose_what_is_held()
            self._outbox.give_up()
            self.over.set()

    def _start(self, task: _Task) -> None:
        if self._nursery is not None:
            self._nursery.start_soon(task)
        else:
            self._not_started.append(task)  # the link is about to open

    def wake_in(self, seconds: float) -> None:
        """Look again for what is due after some time, if the link is still there."""
        self._start(partial(self._wake_in, seconds))

    async def _wake_in(self, seconds: float) -> None:
        await trio.sleep(seconds)
        self._world.on_occasion()

    @property
    def occasion(self) -> Occasion:
        """This link at this moment, as faults see it."""
        return Occasion(self._world.clock.now(), self.number, self.presystem_id)

    # -- what passes by --------------------------------------------------------------------------------------------

    def read_along_in(self, data: bytes | bytearray) -> None:
        """Record what the peer sends, in its order on the wire, before anybody acts on it."""
        for item in self._watch_in.feed(data):
            match item:
                case Message():
                    self._note_message(item)
                case Control():
                    self._note_control_in(item)
                case Broken():
                    self._note_broken(item)

    def _note_message(self, message: Message) -> None:
        text, raw = _text_or_base64(message)
        told = self._without_passwords(text) if text is not None else None
        reading = envelopes.read(message.payload if message.binary or text is None else text)
        dropped_by, unread_by = self._struck_by(reading.envelope)
        unread = unread_by is not None or (dropped_by is not None and dropped_by.fault.when == "before-read")
        event = self._world.recorder.record(
            MessageReceived(
                link=self.number, text=told, base64=raw, binary=message.binary, unread=unread,
                password_in=told != text, ending=self.ending is not None,
            )
        )  # fmt: skip
        if unread_by is not None:
            self._fired(unread_by, event.index)
        elif unread and dropped_by is not None:
            self._drop_for(dropped_by, event.index)
        elif not event.ending:
            when = dropped_by.fault.when if dropped_by else ""
            self._inbox.append(_Inbound(reading.envelope, reading.slots, event.index, dropped_by, when))
        self._note_passed(reading.envelope, "in")

    def _without_passwords(self, text: str) -> str:
        for account in self._world.accounts.values():
            text = mask_secret(text, account.password)
        return text

    def _struck_by(self, envelope: Envelope | None) -> tuple[Armed | None, Armed | None]:
        """The drop that a message sets off, and the fault that keeps it from being read."""
        if envelope is None or self.ending is not None:
            return None, None
        injector, here = self._world.injector, self.occasion
        unread_by = injector.unread_by(envelope, here)
        return (None, unread_by) if unread_by is not None else (injector.drop_for(envelope, here), None)

    def _note_passed(self, envelope: Envelope | None, direction: Literal["out", "in"]) -> None:
        if envelope is not None:
            self._world.injector.passed(self.occasion.with_message(envelope, direction))

    def _note_control_in(self, control: Control) -> None:
        record, payload = self._world.recorder.record, control.payload.hex()
        if control.opcode == CLOSE:
            code, reason = read_close(control.payload)
            self._end(Ending("product", "cleanly", f"Close {code if code is not None else 'without a code'}"))
            record(CloseReceived(link=self.number, code=code, reason=reason))
            self._say_last(code)  # the library closes the stream
        elif control.opcode == PING:
            record(PingReceived(link=self.number, payload=payload))
        else:
            record(PongReceived(link=self.number, payload=payload))

    def _note_broken(self, broken: Broken) -> None:
        self._world.recorder.record(ProtocolBroken(link=self.number, what=broken.what, code=broken.code))
        self._end(Ending("us", "cleanly", f"Close {broken.code} after {broken.what}"))
        # Ours to say and to end, because the library drops the link without a word, or never sees what is wrong.
        self._say_last(broken.code, lingers=True)
        self._start(self._hang_up)

    def _say_last(self, code: int | None, *, lingers: bool = False) -> None:
        assert self.wire is not None
        if not self.wire.muted:
            self._world.recorder.record(CloseSent(link=self.number, code=code))
            self.wire.say_last(frame(CLOSE, close_payload(code)), lingers=lingers)

    async def _hang_up(self) -> None:
        assert self.wire is not None
        await self.wire.say_farewell()
        await trio.sleep(LINGER_S)
        await trio.aclose_forcefully(self._net)

    def read_along_out(self, data: bytes | bytearray | memoryview) -> None:
        """Record the pongs that the library sends by itself."""
        for item in self._watch_out.feed(data):
            if isinstance(item, Control) and item.opcode == PONG:
                self._world.recorder.record(PongSent(link=self.number, payload=item.payload.hex()))

    def before_close(self) -> None:
        """Name what the library ends the link for, when nobody did so far; it judges bytes as they trickle in."""
        code = self._socket.close_code if self._socket is not None else None
        if self.ending is None and code in _LIBRARY_FAULTS:
            self._note_broken(Broken(_LIBRARY_FAULTS[code], code))

    # -- reading and answering -------------------------------------------------------------------------------------

    async def _read(self, socket: Socket) -> None:
        try:
            while True:
                await socket.wait_message()
                while self._inbox:
                    self._take(self._inbox.popleft())
                    await self._outbox.wait_shorter(UNWRITTEN_ANSWERS)
        except LinkOver:
            self.before_close()
            self._end(Ending("product", "broken off", f"{self._net.seen or 'TLS end'} without a Close frame"))
            while self._inbox:
                self._take(self._inbox.popleft())

    def _take(self, inbound: _Inbound) -> None:
        if inbound.envelope is None:
            refusal = behaviour.refuse_unknown(self._world, inbound.slots)
            if refusal is not None and self.ending is None:
                self.send(refusal)
            return
        violations = self.session.receive(inbound.envelope)
        self._note_boot(inbound.envelope)
        answer = behaviour.answer(self._world, self.presystem_id, inbound.envelope, violations)
        if inbound.when == "before-answer" and inbound.dropped_by is not None:
            self._apply(answer, inbound.envelope, applied=inbound.dropped_by.fault.applied)
        elif answer is not None and self.ending is None:
            fate = self._world.injector.fate_of(answer.envelope, self.occasion)
            self._apply(answer, inbound.envelope, applied=fate.applied)
            self._carry_out(fate, answer.envelope)
        else:
            self._apply(answer, inbound.envelope, applied=True)  # it came in time, and nobody is there for the answer
        if inbound.dropped_by is not None:
            self._drop_for(inbound.dropped_by, inbound.index)
        self._world.on_occasion()

    def _note_boot(self, request: Envelope) -> None:
        if (request.action, request.message_type) != (Action.BOOT_NOTIFICATION, MessageType.REQUEST):
            return
        boot = read_payload(self._world.dialect, request.action, request.message_type, request.payload)
        if not isinstance(boot, Unreadable):
            self._world.recorder.record(BootRead(link=self.number, key=boot.key, presystem_kind=str(boot.kind)))

    def _apply(self, answer: behaviour.Answer | None, request: Envelope, *, applied: bool) -> None:
        if answer is None or answer.apply is None:
            return
        result = answer.apply(applied)
        self._world.recorder.record(
            DepotChanged(
                link=self.number, what="list applied" if result.applied else "list not applied",
                presystem_id=self.presystem_id, message_id=request.message_id, created=tuple(result.created),
                changed=tuple(result.changed), deleted=tuple(result.deleted), detail=result.error or "",
            )
        )  # fmt: skip

    # -- sending ---------------------------------------------------------------------------------------------------

    def send(self, envelope: Envelope) -> None:
        """Hand a message to the link, or to the fault that waits for it."""
        self._carry_out(self._world.injector.fate_of(envelope, self.occasion), envelope)

    def _carry_out(self, fate: Fate, meant: Envelope) -> None:
        withheld_by, event = fate.withheld_by, None
        if withheld_by is not None:
            text = envelopes.write(meant)
            event = self._world.recorder.record(MessageWithheld(link=self.number, text=text, fault=withheld_by))
        by_hand = fate.held and fate.struck[-1].fault.do == HOLD
        for detail in fate.begun:
            self._world.recorder.record(DepotChanged(link=self.number, what="depot", detail=detail))
        for armed in fate.struck:
            self._fired(armed, event.index if event else None)
            if armed.fault.do == "change":
                self._remember_points(fate)
        if by_hand:
            text = envelopes.write(fate.struck[-1].held[self.number])
            self._world.recorder.record(MessageHeld(link=self.number, text=text, fault=fate.struck[-1].name))
        for departure in fate.departures:
            self._depart_in_time(departure)
        if fate.held and not by_hand and behaviour.is_acceptance(meant) and not self.session.is_booted:
            self._overtake(fate.struck[-1].name)
        self._world.on_occasion()

    def _remember_points(self, fate: Fate) -> None:
        """A point that only a changed push names may be asked for all the same."""
        for payload in (departure.envelope.payload for departure in fate.departures):
            if isinstance(payload, dict):
                self._world.site.also_told(told_points(payload, self._world.dialect))

    def _overtake(self, fault: str) -> None:
        # Nothing else would follow on an un-booted link: the first push comes before it is allowed to.
        early = behaviour.push(self._world, self.presystem_id)
        for departure in self._world.injector.fate_of(early, self.occasion).departures:
            self._depart_in_time(departure if departure.fault else replace(departure, fault=fault))

    def _depart_in_time(self, departure: Departure) -> None:
        if departure.after_s > 0 and self._nursery is not None:
            self._nursery.start_soon(self._depart_later, departure)
        else:
            self.depart(departure)

    async def _depart_later(self, departure: Departure) -> None:
        await trio.sleep(departure.after_s)
        self.depart(departure)
        self._world.on_occasion()

    def depart(self, departure: Departure) -> None:
        """Hand a message to the link as it was decided, unless the link is ending."""
        if self.ending is not None:
            return
        envelope, form = departure.envelope, departure.form
        sent = self._world.recorder.record(_as_sent(self.number, departure))
        if departure.unaltered:
            self.session.sent(envelope, sent.at, deliberate=departure.fault is not None)
            behaviour.has_sent(self._world, self.presystem_id, envelope, is_booted=self.session.is_booted)
            self._note_passed(envelope, "out")
        self._queue(sent, form)
        if form is not None and any(part.kind == "ping" for part in form.parts):
            self._world.recorder.record(PingSent(link=self.number, payload=PING_BETWEEN.hex()))
        if self.session.is_booted:
            self._booted.set()
        if departure.fault is not None:
            self.ping()  # its pong proves that the peer met what the fault did

    def let_go(self, armed: Armed, text: str | None = None) -> None:
        """Let out what a fault holds back on this link, since nothing followed that it could change places with.

        Args:
            text: what is said in its place.
        """
        held = armed.held.pop(self.number, None)
        if held is not None:
            self.depart(Departure(held, fault=armed.name) if text is None else edited(held, text, armed.name))

    def discard(self, armed: Armed) -> None:
        """Never let out what a fault holds back on this link."""
        held = armed.held.pop(self.number, None)
        if held is not None:
            text = envelopes.write(held)
            self._world.recorder.record(MessageWithheld(link=self.number, text=text, fault=armed.name))

    def _lose_what_is_held(self) -> None:
        for armed in self._world.injector.armed:
            self.discard(armed)

    def push_early(self, fault: str) -> None:
        """Push although the link may not be booted, charged to a fault."""
        if self.ending is None:
            self.depart(Departure(behaviour.push(self._world, self.presystem_id), fault=fault))

    @property
    def unwritten(self) -> int:
        """Frames that were handed to the link and not yet written."""
        return len(self._outbox)

    def ping(self) -> None:
        """Ask for a sign of life."""
        self._queue(self._world.recorder.record(PingSent(link=self.number, payload=b"seen?".hex())))

    async def _flood(self, payload: bytes) -> None:
        await self._outbox.wait_shorter(UNWRITTEN_ANSWERS)
        if self.ending is None:
            self._queue(self._world.recorder.record(PingSent(link=self.number, payload=payload.hex())))

    def _queue(self, event: Handed, form: Form | None = None) -> None:
        self._outbox.hand(event, form)
        if len(self._outbox) > UNWRITTEN_FRAMES and not self.pressure.is_slow:
            self._end(Ending("us", "broken on purpose", "the peer no longer reads"))
            self._net.reset()

    async def _push_on_time(self) -> None:
        await self._booted.wait()
        first_at: float | None = None
        while True:
            await self._world.release_pushes.wait()
            if self.session.is_booted:
                self.push()
            now = trio.current_time()
            first_at = now if first_at is None else first_at
            self.next_push_at = next_tick(first_at, self._world.push_interval_s, now)
            await trio.sleep_until(self.next_push_at)

    def push(self) -> None:
        """Tell the presystem the depot as it stands."""
        if self.ending is None:
            self.send(behaviour.push(self._world, self.presystem_id))

    # -- ending ----------------------------------------------------------------------------------------------------

    def _end(self, ending: Ending) -> None:
        self.ending = self.ending or ending

    def close(self, code: int | None, fault: str | None = None) -> None:
        """Begin the closing handshake; the peer's answer, or the time-out, ends the link."""
        if self.ending is not None:
            return
        self._end(Ending("us", "cleanly", f"Close {code}" if code is not None else "Close without a code"))
        self._queue(CloseSent(link=self.number, code=code, fault=fault))
        self._start(self._end_without_answer)

    async def _end_without_answer(self) -> None:
        await trio.sleep(self._world.close_within_s)
        await trio.aclose_forcefully(self._net)

    def drop(self, fault: Fault, name: str | None) -> None:
        """End the link in the way that the fault says."""
        if self.ending is not None:
            return
        if fault.down_s:
            self._world.refuse_tcp_for(fault.down_s)
        if fault.how == "close":
            self.close(fault.code, name)
            return
        self._end(Ending("us", "broken on purpose", SPOKEN[fault.how]))
        self._start(partial(self._cut, fault.how, name or ""))

    async def _cut(self, how: str, name: str) -> None:
        assert self.wire is not None
        with trio.move_on_after(FLUSH_S):
            await self._outbox.wait_shorter(1)
        if how == "silence":
            self._world.recorder.record(WentSilent(link=self.number, fault=name))
        await cut(how, self._net, self.wire)

    def _drop_for(self, armed: Armed, of: int) -> None:
        self._fired(armed, of)
        self.drop(armed.fault, armed.name)

    def _fired(self, armed: Armed, of: int | None) -> None:
        self._world.on_fired(armed.name, armed.fault.do, of, self.number)


def _as_sent(link: int, departure: Departure) -> MessageSent:
    form = departure.form
    text = envelopes.write(departure.envelope) if form is None else form.text
    raw = None if form is None or text is not None else base64.b64encode(form.whole).decode()
    return MessageSent(link=link, text=text, base64=raw, fault=departure.fault, faults=departure.faults)


def _text_or_base64(message: Message) -> tuple[str | None, str | None]:
    if not message.binary:
        try:
            return message.payload.decode(), None
        except UnicodeDecodeError:
            pass
    return None, base64.b64encode(message.payload).decode()
