"""What becomes of one message of ours: what it says, whether and when it leaves, and in which form. Pure.

In two steps. What a message says may be changed by any number of faults (``change``, ``clock``); how it leaves is the
affair of the first other fault that strikes. A message that is held changes places with the next one on its link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mockpilot.faults.altering import Form, damaged, is_still_said, other_answer, payload_of
from mockpilot.faults.changes.finding import point_for
from mockpilot.faults.changes.setting import Setting
from mockpilot.faults.changing import change
from mockpilot.faults.stamping import restamped, restamped_all
from mockpilot.faults.striking import Armed, Occasion, strikes
from mockpilot.faults.verbs import HOLD, Fault
from mockpilot.protocol.envelope import Envelope
from mockpilot.protocol.vocabulary import Dialect

SAYING = ("change", "clock")
LEAVING = ("lose", "delay", "repeat", "swap", HOLD, "answer", "damage")


@dataclass(frozen=True, slots=True)
class Departure:
    """One copy of a message that leaves."""

    envelope: Envelope
    after_s: float = 0.0
    fault: str | None = None
    unaltered: bool = True
    """Whether the session may take note of it: what was altered or came as a copy moves nothing."""
    form: Form | None = None
    """How it is written, if not as one text message."""
    faults: tuple[str, ...] = ()
    """All that touched it, where more than one did."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one message of ours."""

    departures: tuple[Departure, ...]
    applied: bool = True
    struck: tuple[Armed, ...] = ()
    held: bool = False
    """It waits for the next message on its link."""
    begun: tuple[str, ...] = ()
    """What pushes say of the depot from now on that is not so."""

    @property
    def withheld_by(self) -> str | None:
        """Name of the fault that kept the message from the link for good, None if it leaves."""
        return None if self.departures or self.held else self.struck[-1].name


def fate_of(
    envelope: Envelope, where: Occasion, at_work: Sequence[Armed], armed: Sequence[Armed], dialect: Dialect
) -> Fate:
    """Decide what becomes of a message.

    Args:
        at_work: the faults that may strike.
        armed: all faults, those too that were taken out.
    """
    meant = where.with_message(envelope)
    said, told, begun = _said(envelope, meant, at_work, armed, dialect)
    fate = _left(said, meant, at_work, armed, dialect)
    departures = tuple(_touched(one, told) for one in _with_those_held(fate, where, at_work))
    return replace(fate, departures=departures, struck=(*told, *fate.struck), begun=begun)


# -- what it says ------------------------------------------------------------------------------------------------------


def _said(
    envelope: Envelope, where: Occasion, at_work: Sequence[Armed], every: Sequence[Armed], dialect: Dialect
) -> tuple[Envelope, tuple[Armed, ...], tuple[str, ...]]:
    told, begun = [], []
    for armed in at_work:
        if armed.fault.do not in SAYING or not strikes(armed, where, every):
            continue
        changed = _changed(armed, envelope, dialect) if armed.fault.do == "change" else None
        if armed.fault.do == "clock":
            envelope = _restamped(armed.fault, envelope)
        elif changed is None:  # no occasion for it: this message is not counted
            armed.matched, armed.fired = armed.matched - 1, armed.fired - 1
            continue
        else:
            envelope, detail = changed
            begun += [f"{armed.fault.how}: {detail}"] if armed.fired == 1 else []
        told.append(armed)
    return envelope, tuple(told), tuple(begun)


def _changed(armed: Armed, envelope: Envelope, dialect: Dialect) -> tuple[Envelope, str] | None:
    payload, own = payload_of(envelope), dialect.spelling.out(envelope.presystem_id)
    setting = Setting(dialect, own, envelope.timestamp, armed.fired - 1, armed.chosen)
    armed.chosen = armed.chosen or point_for(armed.fault, payload, setting)
    changed = change(armed.fault, payload, replace(setting, chosen=armed.chosen))
    return (replace(envelope, payload=changed.payload), changed.detail) if changed else None


def _restamped(fault: Fault, envelope: Envelope) -> Envelope:
    payload = restamped_all(fault, payload_of(envelope))
    return replace(envelope, timestamp=restamped(fault, envelope.timestamp), payload=payload)


def _touched(departure: Departure, told: tuple[Armed, ...]) -> Departure:
    names = (*(armed.name for armed in told), *([departure.fault] if departure.fault else []))
    if not told:
        return departure
    return replace(departure, fault=names[-1], faults=names if len(names) > 1 else ())


# -- how it leaves -----------------------------------------------------------------------------------------------------


def _left(
    envelope: Envelope, where: Occasion, at_work: Sequence[Armed], every: Sequence[Armed], dialect: Dialect
) -> Fate:
    for armed in at_work:
        waits_for_this = armed.fault.do == "swap" and where.link in armed.held
        if armed.fault.do in LEAVING and not waits_for_this and strikes(armed, where, every):
            return _struck(armed, envelope, where, dialect)
    return Fate((Departure(envelope),))


def _struck(armed: Armed, envelope: Envelope, where: Occasion, dialect: Dialect) -> Fate:
    fault, name = armed.fault, armed.name
    match fault.do:
        case "lose":
            departures: tuple[Departure, ...] = ()
        case "delay":
            departures = (Departure(envelope, fault.by_s + fault.jitter_s * armed.draw(), name),)
        case "repeat":
            departures = tuple(
                Departure(envelope, copy * fault.gap_s, name if copy else None, unaltered=copy == 0)
                for copy in range(fault.times)
            )
        case "swap" | "hold":
            armed.held[where.link] = envelope
            return Fate((), fault.applied, (armed,), held=True)
        case "damage":
            form = damaged(fault, envelope)
            departures = (Departure(envelope, 0.0, name, is_still_said(fault, envelope), form),)
        case _:
            other = other_answer(fault, envelope, dialect.error_key)
            departures = (Departure(other, fault.by_s, name, fault.kind == "rejected"),)
    return Fate(departures, fault.applied, (armed,))


def _with_those_held(fate: Fate, where: Occasion, at_work: Sequence[Armed]) -> Iterator[Departure]:
    yield from fate.departures
    if fate.departures:
        last_s = max(departure.after_s for departure in fate.departures)
        for armed in at_work:
            if armed.fault.do == "swap" and where.link in armed.held:
                yield Departure(armed.held.pop(where.link), last_s, armed.name)
