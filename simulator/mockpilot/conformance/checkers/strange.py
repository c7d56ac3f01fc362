"""Pushes that only a strange CMS sends: unknown keys and values, and payloads that make no sense.

Whatever a product makes of them is right, as long as it goes on; nothing here is more than a should.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockpilot.conformance.case import Case
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.observation import Observation, held, undecided
from mockpilot.conformance.probes import Probe, Reception, probes_of
from mockpilot.conformance.stuck import STUCK_AFTER, came_back_by_itself, fails_second_chance, unanswered

SURVIVES_UNKNOWN = "information.survives-unknown"
MAKES_NO_SENSE = "information.answers-what-makes-no-sense"

_UNKNOWN = ("extra-field", "unknown-value")


def check(case: Case) -> Iterator[Observation]:
    """Every such push after a control push."""
    for probe in probes_of(case):
        how = probe.armed.how.get("how") if probe.armed.do == "damage" else None
        if how == "absurd":
            yield from _makes_no_sense(case, probe)
        elif how in _UNKNOWN:
            yield from _unknown(case, probe, str(how))


def _makes_no_sense(case: Case, probe: Probe) -> Iterator[Observation]:
    """A confirmation says receipt, and whoever ends the link says enough."""
    match probe.reception:
        case Reception.REFUSED:
            yield held(MAKES_NO_SENSE, *probe.shown, link=probe.link.number)
        case Reception.CONFIRMED:
            yield Observation(
                MAKES_NO_SENSE, False, probe.shown, "an error answer", "a confirmation, which says receipt only",
                Level.MAY, Basis.GUIDELINE, cause="confirmed", link=probe.link.number,
                perhaps="pushes are confirmed before they are read, which is allowed; answer with an error where "
                        "the CMS is to learn that one was useless",
            )  # fmt: skip
        case Reception.PASSED_OVER:
            yield Observation(
                MAKES_NO_SENSE, False, probe.shown, "an error answer", "none, though a later push was answered",
                basis=Basis.GUIDELINE, link=probe.link.number,
            )  # fmt: skip
        case Reception.LEFT if (again := case.own_attempt_after(probe.push.first.index)) is not None:
            yield held(MAKES_NO_SENSE, *probe.shown, again.begun.index, link=probe.link.number)
        case _:
            pass


def _unknown(case: Case, probe: Probe, how: str) -> Iterator[Observation]:
    """Closed schemas may be taken at their word: a confirmation, an error and a new link are all right."""
    link, index = probe.link, probe.push.first.index
    later = [push for push in case.exchanges[link.number].pushes if push.first.index > index]
    going_on = next((push.answers[0].index for push in (probe.push, *later) if push.answers), None)
    going_on = going_on or came_back_by_itself(case, link, index)
    if going_on is not None:
        yield held(SURVIVES_UNKNOWN, index, going_on, link=link.number)
        return
    stuck = unanswered(case, link, later)
    if len(stuck) < STUCK_AFTER or not case.ran_until(probe.push.first.at, stuck[-1].first.at):
        return
    if fails_second_chance(case, link):
        yield Observation(
            SURVIVES_UNKNOWN, False, (index, *(push.first.index for push in stuck)),
            "answers to the pushes after it, or a new link", "neither, not even after the link was ended", cause=how,
            link=link.number,
        )  # fmt: skip
    else:
        yield undecided(SURVIVES_UNKNOWN, index, why="it was stuck, but no second chance failed", link=link.number)
