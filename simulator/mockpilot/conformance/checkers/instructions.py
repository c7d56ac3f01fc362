"""Whether chargingInstruction fits what was told before: Normal, Changed, Terminate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mockpilot.conformance.case import Case
from mockpilot.conformance.levels import Level
from mockpilot.conformance.lists import Entry, RequestList
from mockpilot.conformance.observation import Observation, held
from mockpilot.history.events import DepotChanged
from mockpilot.protocol.envelope import MessageType

FITS = "requests.instruction-fits"

_OF_KNOWN = ("Changed", "Terminate")


@dataclass(slots=True)
class _Told:
    """What one teller's lists have said so far."""

    known: set[str] = field(default_factory=set)
    """Ids of all earlier lists."""
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Values by id, of the last list that was confirmed; empty while nobody can know what the CMS holds."""
    lists: int = 0


def check(case: Case) -> Iterator[Observation]:
    """Every list against those before it, where the version has instructions at all."""
    if not case.presystem.sends_requests or not case.dialect.has_instructions:
        return
    tellers: dict[tuple[int, str], _Told] = {}
    forgotten = [event.index for event in case.of(DepotChanged) if event.what == "requests forgotten"]
    since = 0
    for read in case.lists:
        told = tellers.setdefault(read.teller, _Told())
        if any(since < index < read.index for index in forgotten):
            told.answered = {}
            told.known |= read.ids
        yield from _fits(case, told, read)
        _learn(case, told, read)
        since = read.index


_EXPECTED = "Normal for an unchanged entry or a new one, Changed and Terminate for ids of an earlier list, or none"


def _fits(case: Case, told: _Told, read: RequestList) -> Iterator[Observation]:
    instructed = [entry for entry in read.entries if "chargingInstruction" in entry.raw]
    unfit = [(entry, why) for entry in instructed if (why := _unfit(told, entry))]
    for entry, why in unfit[:1]:
        # What an older CMS was told, nobody here can know.
        remembers = told.lists == 0 and entry.raw.get("chargingInstruction") in _OF_KNOWN
        yield Observation(
            FITS, False, (read.index,), _EXPECTED, f"{entry.id}: {why}",
            Level.MAY if remembers else None, cause="first list" if remembers else "", link=read.link.number,
            perhaps="it is what another CMS was told before, which is allowed; after a new start, leave it out"
                    if remembers else "",
        )  # fmt: skip
    if instructed and not unfit:
        yield held(FITS, read.index, link=read.link.number)


def _unfit(told: _Told, entry: Entry) -> str:
    instruction = entry.raw.get("chargingInstruction")
    if instruction in _OF_KNOWN:
        return f"{instruction}, though no list had it before" if entry.id not in told.known else ""
    old = told.answered.get(entry.id)
    changed = instruction == "Normal" and old is not None and old != entry.values()
    return "Normal, though its values have changed" if changed else ""


def _learn(case: Case, told: _Told, read: RequestList) -> None:
    """A list whose answer was lost, refused or perhaps never read leaves nobody certain of what the CMS holds."""
    told.lists += 1
    told.known |= read.ids
    said = read.answer.envelope if read.answer is not None else None
    confirmed = said is not None and said.message_type is MessageType.CONFIRMATION and read.answer is not None
    known = confirmed and case.delivery.proved_at(read.link, read.answer.index) is not None  # type: ignore[union-attr]
    told.answered = {entry.id: entry.values() for entry in read.entries} if known else {}
