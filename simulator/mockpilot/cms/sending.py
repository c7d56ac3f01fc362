"""From a message that we mean to frames that wait to be written: asks the injector, carries out what it decided.

Whatever leaves, is kept or is held is recorded here, with its fault; session and depot follow only what left
unaltered. Nothing here waits: what is late leaves in a task of the link.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from functools import partial

import trio

from mockpilot.cms import behaviour
from mockpilot.cms.link import Link
from mockpilot.faults.altering import PING_BETWEEN
from mockpilot.faults.changes.finding import told_points
from mockpilot.faults.holding import edited
from mockpilot.faults.injector import Armed, Departure, Fate
from mockpilot.faults.verbs import HOLD
from mockpilot.history.events import DepotChanged, MessageHeld, MessageSent, MessageWithheld, PingSent
from mockpilot.protocol.envelope import Envelope, write, write_pieces


def send(link: Link, envelope: Envelope) -> None:
    """Hand a message to the link, or to the fault that waits for it."""
    carry_out(link, link.world.injector.fate_of(envelope, link.occasion), envelope)


def carry_out(link: Link, fate: Fate, meant: Envelope) -> None:
    """Do with a message of ours what was decided.

    Args:
        meant: the message, as it was before anybody touched it.
    """
    withheld = _withhold(link, meant, fate.withheld_by) if fate.withheld_by is not None else None
    for detail in fate.begun:
        link.world.recorder.record(DepotChanged(link=link.number, what="depot", detail=detail))
    for armed in fate.struck:
        link.fired(armed, withheld.index if withheld is not None else None)
        if armed.fault.do == "change":
            _remember_points(link, fate)
    if fate.held and fate.struck[-1].fault.do == HOLD:
        _note_held(link, fate.struck[-1])
    for departure in fate.departures:
        _depart_in_time(link, departure)
    if _is_overtaken(link, fate, meant):
        _overtake(link, fate.struck[-1].name)
    link.world.on_occasion()


def _withhold(link: Link, envelope: Envelope, fault: str) -> MessageWithheld:
    return link.world.recorder.record(MessageWithheld(link=link.number, text=write(envelope), fault=fault))


def _note_held(link: Link, armed: Armed) -> None:
    text = write(armed.held[link.number])
    link.world.recorder.record(MessageHeld(link=link.number, text=text, fault=armed.name))


def _remember_points(link: Link, fate: Fate) -> None:
    """A point that only a changed push names may be asked for all the same."""
    for payload in (departure.envelope.payload for departure in fate.departures):
        if isinstance(payload, dict):
            link.world.site.also_told(told_points(payload, link.world.dialect))


# -- leaving -----------------------------------------------------------------------------------------------------------


def _depart_in_time(link: Link, departure: Departure) -> None:
    if departure.after_s > 0:
        link.start(partial(_depart_later, link, departure))
    else:
        depart(link, departure)


async def _depart_later(link: Link, departure: Departure) -> None:
    await trio.sleep(departure.after_s)
    depart(link, departure)
    link.world.on_occasion()


def depart(link: Link, departure: Departure) -> None:
    """Hand a message to the link as it was decided, unless the link is ending."""
    if link.ending is not None:
        return
    sent = link.world.recorder.record(_as_sent(link.number, departure))
    if departure.unaltered:
        _follow(link, departure, sent.at)
    link.hand(sent, departure.form or write_pieces(departure.envelope))
    if departure.form is not None and any(part.kind == "ping" for part in departure.form.parts):
        link.world.recorder.record(PingSent(link=link.number, payload=PING_BETWEEN.hex()))
    if link.session.is_booted:
        link.booted.set()
    if departure.fault is not None:
        link.ping()  # its pong proves that the peer met what the fault did


def _as_sent(link: int, departure: Departure) -> MessageSent:
    form = departure.form
    text = write(departure.envelope) if form is None else form.text
    raw = None if form is None or text is not None else base64.b64encode(form.whole).decode()
    return MessageSent(link=link, text=text, base64=raw, fault=departure.fault, faults=departure.faults)


def _follow(link: Link, departure: Departure, at: float) -> None:
    envelope, world = departure.envelope, link.world
    link.session.sent(envelope, at, deliberate=departure.fault is not None)
    behaviour.has_sent(world, link.presystem_id, envelope, is_booted=link.session.is_booted)
    world.injector.passed(link.occasion.with_message(envelope, "out"))


# -- held back ---------------------------------------------------------------------------------------------------------


def _is_overtaken(link: Link, fate: Fate, meant: Envelope) -> bool:
    by_hand = fate.held and fate.struck[-1].fault.do == HOLD
    return fate.held and not by_hand and behaviour.is_acceptance(meant) and not link.session.is_booted


def _overtake(link: Link, fault: str) -> None:
    # Nothing else would follow on an un-booted link: the first push comes before it is allowed to.
    early = behaviour.push(link.world, link.presystem_id)
    for departure in link.world.injector.fate_of(early, link.occasion).departures:
        _depart_in_time(link, departure if departure.fault else replace(departure, fault=fault))


def let_go(link: Link, armed: Armed, text: str | None = None) -> None:
    """Let out what a fault holds back on this link, since nothing followed that it could change places with.

    Args:
        text: what is said in its place.
    """
    held = armed.held.pop(link.number, None)
    if held is not None:
        depart(link, Departure(held, fault=armed.name) if text is None else edited(held, text, armed.name))


def discard(link: Link, armed: Armed) -> None:
    """Never let out what a fault holds back on this link."""
    held = armed.held.pop(link.number, None)
    if held is not None:
        _withhold(link, held, armed.name)
